/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_redact kupf_redact
 * @{ @ingroup kupf
 *
 * Keeps charon from logging K_UPF.
 *
 * At log level 4 charon prints the shared secret that it computes an AUTH
 * payload with (get_psk_sig() in its keymat_v2.c).  No configuration of the
 * log may make it print one of ours: while a thread has a key of ours in its
 * hands, what it logs at that level is dropped.
 */

#ifndef KUPF_REDACT_H_
#define KUPF_REDACT_H_

/**
 * Put the filter in front of charon's log.
 */
void kupf_redact_install();

/**
 * Take the filter away.
 */
void kupf_redact_uninstall();

/**
 * The calling thread holds a key, one more.
 */
void kupf_redact_begin();

/**
 * The calling thread holds one key less.
 */
void kupf_redact_end();

#endif /** KUPF_REDACT_H_ @}*/
