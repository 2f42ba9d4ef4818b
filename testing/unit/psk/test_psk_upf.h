/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_psk_upf test_psk_upf
 * @{ @ingroup tests
 *
 * kupf with the sockets of consumers, for tests of libkupf-psk: the real server
 * with its thread, behind a path.
 */

#ifndef TEST_PSK_UPF_H_
#define TEST_PSK_UPF_H_

#include "test_upf.h"

/** K_UPF of PROTOCOL.md's first example, and what is derived for mpquic */
#define KUPF "0xf4452b1597a2a48b21903a6a86fff1e177e780b4cee394ba3cc41c5be3aa4cd6"
#define PSK_ID "\x8b\x52\xec\xca\x28\xb4\xe9\xcb\xb6\xae\xc3\x5d\x89\x11\x1e\xcf"

/** Another key */
#define OTHER "0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"

/** The parts of kupf */
extern test_upf_t test_psk_upf;

/**
 * Create kupf, and have it serve service mpquic.
 *
 * @param role		what the host is
 */
void test_psk_upf_start(kupf_role_t role);

/**
 * Have it stop serving, and serve again; its sessions stay.
 */
void test_psk_upf_stop(void);
void test_psk_upf_serve(void);

/**
 * Destroy it.
 */
void test_psk_upf_end(void);

/**
 * Carry out a command of the SMF side.
 */
void test_psk_upf_run(const char *name, const char *fmt);

/**
 * Get the path of the socket.
 */
const char *test_psk_upf_path(void);

#endif /** TEST_PSK_UPF_H_ @}*/
