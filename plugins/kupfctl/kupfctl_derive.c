/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_output.h"
#include "kupfctl_secret.h"
#include "kupfctl_session.h"

#include "kupf/keys/kupf_derivation.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Plugins of libstrongswan that know HMAC-SHA-256, whichever there are */
#define PLUGINS "openssl wolfssl gcrypt botan sha2 hmac"

/** Variable with directories of these plugins, besides the installed one */
#define PLUGIN_PATH "KUPFCTL_PLUGIN_PATH"

/** A number as an argument: most digits, first and last value */
typedef struct {
	size_t digits;
	uint64_t min;
	uint64_t max;
} range_t;

static const range_t pdu_session_ids = { 2, 1,
										 KUPF_DERIVATION_PDU_SESSION_ID_MAX };
static const range_t nas_counts = { 10, 0, UINT32_MAX };

/**
 * Arguments of a derivation.
 */
typedef struct {
	/** which */
	const kupf_derivation_t *derivation;
	/** inputs, without the key */
	kupf_inputs_t inputs;
	/** RAND, AF_ID and SQN xor AK */
	kupfctl_secret_t rand, af_id, sqn_ak;
	/** file with the key */
	const char *key_file;
} input_t;

static bool parse_number(const char *option, const char *text,
						 const range_t *range, uint64_t *number)
{
	size_t len = strlen(text);

	*number = strtoull(text, NULL, 10);
	if (!len || len > range->digits || strspn(text, "0123456789") != len ||
		*number < range->min || *number > range->max)
	{
		kupfctl_error("option %s: expected %llu to %llu", option,
					  (unsigned long long)range->min,
					  (unsigned long long)range->max);
		return false;
	}
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

static bool parse_distinguisher(const char *text, uint8_t *octet)
{
	char hex[KUPFCTL_SESSION_HEX_SIZE];
	static const unsigned int digits[2] = { 2, 2 };

	if (!kupfctl_session_hex("--distinguisher", text, digits, hex))
	{
		return false;
	}
	*octet = strtoul(hex, NULL, 16);
	if (*octet < KUPF_DISTINGUISHER_MIN)
	{
		kupfctl_error("option --distinguisher: expected a value for private "
					  "use, F1 to FF");
		return false;
	}
	return true;
}

static const unsigned int af_id_digits[2] = {
	2 * (1 + KUPF_DERIVATION_UA_LEN), 2 * KUPFCTL_KEY_MAX };
static const unsigned int sqn_ak_digits[2] = {
	2 * KUPF_DERIVATION_SQN_AK_LEN, 2 * KUPF_DERIVATION_SQN_AK_LEN };

static bool parse_octets(const char *option, const char *text,
						 const unsigned int digits[2],
						 kupfctl_secret_t *octets, chunk_t *input)
{
	char hex[KUPFCTL_SESSION_HEX_SIZE];

	if (!kupfctl_session_hex(option, text, digits, hex) ||
		!kupfctl_secret_decode(octets, hex, strlen(hex)))
	{
		return false;
	}
	*input = chunk_create(octets->octets, octets->len);
	return true;
}

static bool parse_name(const char *option, const char *text, chunk_t *input)
{
	*input = chunk_from_str((char*)text);
	if (!input->len || input->len > KUPF_DERIVATION_NAME_MAX)
	{
		kupfctl_error("option %s: expected 1 to %d characters", option,
					  KUPF_DERIVATION_NAME_MAX);
		return false;
	}
	return true;
}

/**
 * Parse the option of an input.
 */
static bool parse_option(kupf_input_t which, const char *option,
						 const char *text, input_t *input)
{
	kupf_inputs_t *inputs = &input->inputs;
	uint64_t number = 0;

	switch (which)
	{
		case KUPF_INPUT_KAMF:
		case KUPF_INPUT_KTNGF:
		case KUPF_INPUT_BASE:
			input->key_file = text;
			return true;
		case KUPF_INPUT_FC:
			return parse_fc(text, &inputs->fc);
		case KUPF_INPUT_RAND:
			return parse_octets(option, text, kupfctl_rand_digits,
								&input->rand, &inputs->rand);
		case KUPF_INPUT_AF_ID:
			return parse_octets(option, text, af_id_digits, &input->af_id,
								&inputs->af_id);
		case KUPF_INPUT_SQN_AK:
			return parse_octets(option, text, sqn_ak_digits, &input->sqn_ak,
								&inputs->sqn_ak);
		case KUPF_INPUT_SUPI:
			return parse_name(option, text, &inputs->supi);
		case KUPF_INPUT_SNN:
			return parse_name(option, text, &inputs->snn);
		case KUPF_INPUT_PDU_SESSION_ID:
			if (!parse_number(option, text, &pdu_session_ids, &number))
			{
				return false;
			}
			inputs->pdu_session_id = number;
			return true;
		case KUPF_INPUT_NAS_COUNT:
			if (!parse_number(option, text, &nas_counts, &number))
			{
				return false;
			}
			inputs->nas_count = number;
			return true;
		default:
			return parse_distinguisher(text, &inputs->distinguisher);
	}
}

/** Options with inputs */
static const struct {
	const char *option;
	kupf_input_t input;
} input_options[] = {
	{ "--kamf-file", KUPF_INPUT_KAMF },
	{ "--ktngf-file", KUPF_INPUT_KTNGF },
	{ "--base-key-file", KUPF_INPUT_BASE },
	{ "--supi", KUPF_INPUT_SUPI },
	{ "--af-id", KUPF_INPUT_AF_ID },
	{ "--snn", KUPF_INPUT_SNN },
	{ "--sqn-ak", KUPF_INPUT_SQN_AK },
	{ "--fc", KUPF_INPUT_FC },
	{ "--rand", KUPF_INPUT_RAND },
	{ "--pdu-session-id", KUPF_INPUT_PDU_SESSION_ID },
	{ "--nas-count", KUPF_INPUT_NAS_COUNT },
	{ "--distinguisher", KUPF_INPUT_DISTINGUISHER },
};

static const char *option_of(kupf_input_t input)
{
	unsigned int i;

	for (i = 0; i < countof(input_options) - 1; i++)
	{
		if (input_options[i].input == input)
		{
			break;
		}
	}
	return input_options[i].option;
}

/**
 * Check that the options are those that the derivation needs.
 */
static bool check_options(const input_t *input)
{
	kupf_input_t wrong;

	wrong = kupf_derivation_missing(input->derivation, input->inputs.given);
	if (wrong)
	{
		kupfctl_error("option %s is required for derivation %s",
					  option_of(wrong), input->derivation->name);
		return false;
	}
	wrong = kupf_derivation_useless(input->derivation, input->inputs.given);
	if (wrong)
	{
		kupfctl_error("option %s is of no use for derivation %s",
					  option_of(wrong), input->derivation->name);
		return false;
	}
	return true;
}

static bool parse_input(const kupfctl_args_t *args, input_t *input)
{
	const char *text;
	unsigned int i;

	memset(input, 0, sizeof(*input));
	text = kupfctl_args_get(args, "--derivation");
	input->derivation = text ? kupf_derivation_find(
			chunk_from_str((char*)text)) : KUPF_DERIVATION_DEFAULT;
	if (!input->derivation)
	{
		kupfctl_error("option --derivation: unknown name, see --list");
		return false;
	}
	for (i = 0; i < countof(input_options); i++)
	{
		text = kupfctl_args_get(args, input_options[i].option);
		if (text)
		{
			if (!parse_option(input_options[i].input, input_options[i].option,
							  text, input))
			{
				return false;
			}
			input->inputs.given |= input_options[i].input;
		}
	}
	if (!(input->inputs.given & KUPF_INPUT_FC) &&
		(input->derivation->required & KUPF_INPUT_FC))
	{
		input->inputs.given |= KUPF_INPUT_FC;
		input->inputs.fc = KUPF_KDF_FC_DEFAULT;
	}
	return check_options(input);
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
						 const uint8_t id[KUPF_DERIVATION_ID_LEN])
{
	char key_text[KUPFCTL_HEX_MAX + 1], id_text[KUPFCTL_HEX_MAX + 1];

	kupfctl_secret_hex(key, KUPF_KDF_LEN, key_text);
	kupfctl_secret_hex(id, KUPF_DERIVATION_ID_LEN, id_text);
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

static kupfctl_status_t derive(const kupfctl_t *ctl, input_t *input,
							   const kupfctl_secret_t *base)
{
	/* a buffer of our own, to wipe it: the key is in it */
	static char buf[1024];
	uint8_t key[KUPF_KDF_LEN], id[KUPF_DERIVATION_ID_LEN];
	kupfctl_status_t status = KUPFCTL_USAGE;

	input->inputs.key = chunk_create((void*)base->octets, base->len);
	if (!init_library() ||
		!kupf_derivation_derive(input->derivation, &input->inputs, key, id))
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

/**
 * Print the derivations: what is required, and what may be there.
 */
static void list_derivations(void)
{
	const kupf_derivation_t *derivation;
	unsigned int i;

	for (derivation = kupf_derivations; derivation->name; derivation++)
	{
		printf("%s: %s\n ", derivation->name, derivation->source);
		for (i = 0; i < countof(input_options); i++)
		{
			if (input_options[i].input & derivation->required &
				~KUPF_INPUT_FC)
			{
				printf(" %s", input_options[i].option);
			}
			else if (input_options[i].input &
					 (derivation->optional | derivation->required))
			{
				printf(" [%s]", input_options[i].option);
			}
		}
		putchar('\n');
	}
	fflush(stdout);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_derive(const kupfctl_t *ctl,
								const kupfctl_args_t *args)
{
	kupfctl_status_t status;
	kupfctl_secret_t base;
	input_t input;

	if (kupfctl_args_get(args, "--list"))
	{
		list_derivations();
		return KUPFCTL_DONE;
	}
	if (!parse_input(args, &input) ||
		!kupfctl_secret_read(&base, input.key_file, KUPFCTL_KEY_MIN))
	{
		return KUPFCTL_USAGE;
	}
	status = derive(ctl, &input, &base);
	kupfctl_secret_wipe(&base);
	return status;
}
