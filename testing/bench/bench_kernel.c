/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench_kernel.h"

#include <library.h>

typedef struct private_bench_kernel_t private_bench_kernel_t;

/**
 * Private data of the kernel interface.
 */
struct private_bench_kernel_t {
	/** public interface */
	kernel_ipsec_t public;
	/** last SPI */
	refcount_t spi;
};

/** SAs and policies that are installed */
static int sas, policies;

static void count(int *what, int change)
{
	__atomic_fetch_add(what, change, __ATOMIC_RELAXED);
}

METHOD(kernel_ipsec_t, get_spi, status_t,
	private_bench_kernel_t *this, host_t *src, host_t *dst, uint8_t protocol,
	uint32_t *spi)
{
	*spi = htonl(0xc0000000 | ref_get(&this->spi));
	count(&sas, 1);
	return SUCCESS;
}

METHOD(kernel_ipsec_t, get_cpi, status_t,
	private_bench_kernel_t *this, host_t *src, host_t *dst, uint16_t *cpi)
{
	return NOT_SUPPORTED;
}

METHOD(kernel_ipsec_t, add_sa, status_t,
	private_bench_kernel_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_add_sa_t *data)
{
	if (!data->inbound)
	{
		count(&sas, 1);
	}
	return SUCCESS;
}

METHOD(kernel_ipsec_t, update_sa, status_t,
	private_bench_kernel_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_update_sa_t *data)
{
	return SUCCESS;
}

METHOD(kernel_ipsec_t, query_sa, status_t,
	private_bench_kernel_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_query_sa_t *data, uint64_t *bytes, uint64_t *packets,
	time_t *time)
{
	return NOT_SUPPORTED;
}

METHOD(kernel_ipsec_t, del_sa, status_t,
	private_bench_kernel_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_del_sa_t *data)
{
	count(&sas, -1);
	return SUCCESS;
}

METHOD(kernel_ipsec_t, add_policy, status_t,
	private_bench_kernel_t *this, kernel_ipsec_policy_id_t *id,
	kernel_ipsec_manage_policy_t *data)
{
	count(&policies, 1);
	return SUCCESS;
}

METHOD(kernel_ipsec_t, query_policy, status_t,
	private_bench_kernel_t *this, kernel_ipsec_policy_id_t *id,
	kernel_ipsec_query_policy_t *data, time_t *time)
{
	*time = 1;
	return SUCCESS;
}

METHOD(kernel_ipsec_t, del_policy, status_t,
	private_bench_kernel_t *this, kernel_ipsec_policy_id_t *id,
	kernel_ipsec_manage_policy_t *data)
{
	count(&policies, -1);
	return SUCCESS;
}

METHOD(kernel_ipsec_t, destroy, void,
	private_bench_kernel_t *this)
{
	free(this);
}

/*
 * Described in header
 */
int bench_kernel_count(int *installed)
{
	*installed = __atomic_load_n(&policies, __ATOMIC_RELAXED);
	return __atomic_load_n(&sas, __ATOMIC_RELAXED);
}

/*
 * Described in header
 */
kernel_ipsec_t *bench_kernel_create()
{
	private_bench_kernel_t *this;

	INIT(this,
		.public = {
			.get_spi = _get_spi,
			.get_cpi = _get_cpi,
			.add_sa = _add_sa,
			.update_sa = _update_sa,
			.query_sa = _query_sa,
			.del_sa = _del_sa,
			.flush_sas = (void*)return_failed,
			.add_policy = _add_policy,
			.query_policy = _query_policy,
			.del_policy = _del_policy,
			.flush_policies = (void*)return_failed,
			.bypass_socket = (void*)return_true,
			.enable_udp_decap = (void*)return_true,
			.destroy = _destroy,
		},
	);
	return &this->public;
}
