/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk.h"

#include <stdio.h>

ENUM(kupf_psk_form_names, KUPF_PSK_EXT, KUPF_PSK_IMP,
	"ext",
	"imp",
);

/** What follows the name of the service */
static const char *const labels[] = { "psk", "epsk" };

/**
 * Derive from K_UPF with one label.
 *
 * @param suffix	end of the label
 */
static bool derive(chunk_t kupf, uint16_t fc, const char *service,
				   kupf_psk_form_t form, const char *suffix,
				   uint8_t out[KUPF_KDF_LEN])
{
	char label[KUPF_PSK_SERVICE_MAX + sizeof(" epsk-id")];
	chunk_t param;
	size_t len = strlen(service);

	memset(out, 0, KUPF_KDF_LEN);
	if (!len || len > KUPF_PSK_SERVICE_MAX || form >= countof(labels))
	{
		return FALSE;
	}
	snprintf(label, sizeof(label), "%s %s%s", service, labels[form], suffix);
	param = chunk_from_str(label);
	return kupf_kdf(kupf, fc, &param, 1, out);
}

/*
 * Described in header
 */
bool kupf_psk_derive(chunk_t kupf, uint16_t fc, const char *service,
					 kupf_psk_form_t form, uint8_t psk[KUPF_KDF_LEN])
{
	return derive(kupf, fc, service, form, "", psk);
}

/*
 * Described in header
 */
bool kupf_psk_identity(chunk_t kupf, uint16_t fc, const char *service,
					   kupf_psk_form_t form, uint8_t id[KUPF_PSK_ID_LEN])
{
	uint8_t full[KUPF_KDF_LEN];
	bool done;

	done = derive(kupf, fc, service, form, "-id", full);
	memcpy(id, full + sizeof(full) - KUPF_PSK_ID_LEN, KUPF_PSK_ID_LEN);
	return done;
}
