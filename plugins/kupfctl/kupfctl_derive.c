/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_output.h"
#include "kupfctl_secret.h"
#include "kupfctl_session.h"

#include <kupf_kdf.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Plugins of libstrongswan that know HMAC-SHA-256, whichever there are */
#define PLUGINS "openssl wolfssl gcrypt botan sha2 hmac"

/** Variable with directories of these plugins, besides the installed one */
#define PLUGIN_PATH "KUPFCTL_PLUGIN_PATH"

/**
 * Arguments of a derivation.
 */
typedef struct {
	/** FC */
	uint16_t fc;
	/** RAND */
	kupfctl_secret_t rand;
	/** PDU session ID, 0 if it is not part of the input */
	uint8_t pdu_session_id;
} input_t;

static bool parse_pdu_session_id(const char *text, uint8_t *id)
{
	unsigned int value = 0;
	const char *pos;

	for (pos = text; *pos >= '0' && *pos <= '9' && value < 100; pos++)
	{
		value = value * 10 + *pos - '0';
	}
	if (*pos || !value || value > KUPF_KDF_PDU_SESSION_ID_MAX)
	{
		kupfctl_error("option --pdu-session-id: expected 1 to %d",
					  KUPF_KDF_PDU_SESSION_ID_MAX);
		return false;
	}
	*id = value;
	return true;
}

static bool parse_fc(const char *text, uint16_t *fc)
{
	char hex[KUPFCTL_SESSION_HEX_SIZE];

	if (!kupfctl_session_hex("--fc", text, kupfctl_fc_digits, hex))
	{
		return false;
	}
	if (!kupf_kdf_fc_parse(hex, fc))
	{
		kupfctl_error("option --fc: expected 00 to FE, or FF00 to FFFF");
		return false;
	}
	return true;
}

static bool parse_input(const kupfctl_args_t *args, input_t *input)
{
	char hex[KUPFCTL_SESSION_HEX_SIZE];
	const char *text;

	text = kupfctl_args_get(args, "--rand");
	if (!text || !kupfctl_args_get(args, "--kamf-file"))
	{
		kupfctl_error("options --kamf-file and --rand are required");
		return false;
	}
	if (!kupfctl_session_hex("--rand", text, kupfctl_rand_digits, hex) ||
		!kupfctl_secret_decode(&input->rand, hex, strlen(hex)))
	{
		return false;
	}
	input->fc = KUPF_KDF_FC_DEFAULT;
	text = kupfctl_args_get(args, "--fc");
	if (text && !parse_fc(text, &input->fc))
	{
		return false;
	}
	input->pdu_session_id = 0;
	text = kupfctl_args_get(args, "--pdu-session-id");
	return !text || parse_pdu_session_id(text, &input->pdu_session_id);
}

/**
 * The key is about to be written to a file: should others be able to read it?
 */
static void warn_readable(void)
{
	struct stat st;

	if (!fstat(STDOUT_FILENO, &st) && S_ISREG(st.st_mode) &&
		(st.st_mode & (S_IRGRP | S_IROTH)))
	{
		kupfctl_error("warning: writing the key to a file that others may "
					  "read (mode %04o)", (unsigned int)(st.st_mode & 07777));
	}
}

static void print_result(bool json, const uint8_t key[KUPF_KDF_LEN],
						 const uint8_t id[KUPF_KDF_ID_LEN])
{
	char key_text[KUPFCTL_HEX_MAX + 1], id_text[KUPFCTL_HEX_MAX + 1];

	kupfctl_secret_hex(key, KUPF_KDF_LEN, key_text);
	kupfctl_secret_hex(id, KUPF_KDF_ID_LEN, id_text);
	printf(json ? "{\"key\":\"%s\",\"ue-id\":\"@#%s\"}\n" :
				  "key %s\nue-id @#%s\n", key_text, id_text + 2);
	fflush(stdout);
	explicit_bzero(key_text, sizeof(key_text));
}

/**
 * Have libstrongswan ready, with an HMAC.
 */
static bool init_library(void)
{
	enumerator_t *dirs;
	char *path, *dir;

	dbg_default_set_level(LEVEL_SILENT);
	/* the configuration of the daemon is none of ours */
	if (!library_init("", "kupfctl"))
	{
		return false;
	}
	path = secure_getenv(PLUGIN_PATH);
	dirs = enumerator_create_token(path ?: "", ":", "");
	while (dirs->enumerate(dirs, &dir))
	{
		lib->plugins->add_path(lib->plugins, dir);
	}
	dirs->destroy(dirs);
	return lib->plugins->load(lib->plugins, PLUGINS);
}

static kupfctl_status_t derive(const kupfctl_t *ctl, const input_t *input,
							   const kupfctl_secret_t *kamf)
{
	/* a buffer of our own, to wipe it: the key is in it */
	static char buf[1024];
	uint8_t key[KUPF_KDF_LEN], id[KUPF_KDF_ID_LEN];
	kupfctl_status_t status = KUPFCTL_USAGE;

	if (!init_library() ||
		!kupf_kdf_derive(chunk_create((void*)kamf->octets, kamf->len),
						 input->fc, chunk_create((void*)input->rand.octets,
						 input->rand.len), input->pdu_session_id, key, id))
	{
		kupfctl_error("no plugin of strongSwan provides HMAC-SHA-256: %s",
					  "install libstrongswan and its standard plugins");
	}
	else
	{
		setvbuf(stdout, buf, _IOFBF, sizeof(buf));
		warn_readable();
		print_result(ctl->json, key, id);
		explicit_bzero(buf, sizeof(buf));
		status = KUPFCTL_DONE;
	}
	explicit_bzero(key, sizeof(key));
	library_deinit();
	return status;
}

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	kupfctl_status_t status;
	kupfctl_secret_t kamf;
	input_t input;

	if (!parse_input(args, &input) ||
		!kupfctl_secret_read(&kamf, kupfctl_args_get(args, "--kamf-file"),
							 KUPFCTL_KEY_MIN))
	{
		return KUPFCTL_USAGE;
	}
	status = derive(ctl, &input, &kamf);
	kupfctl_secret_wipe(&kamf);
	return status;
}

static const kupfctl_option_t options[] = {
	{ "--kamf-file", "FILE", "FILE", NULL, false,
	  "file with K_AMF, - for standard input" },
	{ "--rand", "HEX", NULL, NULL, false,
	  "RAND, 16 to 64 octets" },
	{ "--fc", "HEX", NULL, NULL, false,
	  "FC, two or four digits (default FFFF)" },
	{ "--pdu-session-id", "N", NULL, NULL, false,
	  "PDU session ID, 1 to 15, if it is part of the input" },
	{}
};

const kupfctl_command_t kupfctl_derive = {
	.name = "derive",
	.usage = "",
	.summary = "derive K_UPF and its identifier from K_AMF, without the daemon",
	.details =
		"Prints \"key 0x<hex>\" and \"ue-id @#<hex>\", the identity that the UE "
		"uses if\nnothing else is agreed.\n\n"
		"3GPP has not assigned an FC to K_UPF: the core, the daemon "
		"(kdf_fc) and the UE\nhave to agree on one.\n",
	.options = options,
	.run = run,
};
