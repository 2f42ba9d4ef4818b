/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup bench_kernel bench_kernel
 * @{ @ingroup bench
 *
 * A kernel interface for IPsec that installs nothing but counts, so that what
 * is measured is IKE, and that tells whether anything is left behind.
 */

#ifndef BENCH_KERNEL_H_
#define BENCH_KERNEL_H_

#include <kernel/kernel_ipsec.h>

/**
 * Get what is installed now.
 *
 * @param policies	[out] number of policies
 * @return			number of SAs, with the inbound ones that have got an SPI
 */
int bench_kernel_count(int *policies);

/**
 * Create the kernel interface.
 */
kernel_ipsec_t *bench_kernel_create();

#endif /** BENCH_KERNEL_H_ @}*/
