/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_session kupfctl_session
 * @{ @ingroup kupfctl
 *
 * What establish, modify and delete have in common: a session from the
 * command line.  Apart from keys, values are sent as they are; the daemon
 * says what is wrong with them.
 */

#ifndef KUPFCTL_SESSION_H_
#define KUPFCTL_SESSION_H_

#include "kupfctl_args.h"
#include "client/kupf_client.h"

/** Names of the derivations */
#define KUPFCTL_DERIVATIONS "kupf ts33501-a9 ts33501-a22 akma akma-af kmsg " \
	"best best-prime"

/** Entries of a table of options: the fields of a session, of which those come first
 * whose argument is the file of a key; they are also the words of a line, see
 * kupfctl_line.h */
#define KUPFCTL_SESSION_OPTIONS \
	{ "--key-file", "FILE", "FILE", NULL, false, \
	  "file with the key (K_UPF), - for standard input", "key" }, \
	{ "--kamf-file", "FILE", "FILE", NULL, false, \
	  "file with K_AMF, the daemon derives the key", "kamf" }, \
	{ "--ktngf-file", "FILE", "FILE", NULL, false, \
	  "file with K_TNGF or K_TWIF, likewise", "ktngf" }, \
	{ "--base-key-file", "FILE", "FILE", NULL, false, \
	  "file with the key that another derivation names, likewise", \
	  "base-key" }, \
	{ "--derivation", "NAME", KUPFCTL_DERIVATIONS, "derivation", \
	  false, "how, if not kupf: see derive --list" }, \
	{ "--nas-count", "N", NULL, "nas-count", false, \
	  "uplink NAS COUNT of the derivation" }, \
	{ "--distinguisher", "0xHEX", NULL, "distinguisher", false, \
	  "distinguisher of the derivation, 0xF1 to 0xFF" }, \
	{ "--supi", "SUPI", NULL, "supi", false, \
	  "SUPI of the derivation, IMSI or NAI" }, \
	{ "--af-id", "0xHEX", NULL, "af-id", false, \
	  "AF_ID of the derivation, FQDN and Ua* protocol identifier" }, \
	{ "--snn", "NAME", NULL, "snn", false, \
	  "serving network name of the derivation" }, \
	{ "--sqn-ak", "0xHEX", NULL, "sqn-ak", false, \
	  "SQN xor AK of the derivation" }, \
	{ "--rand", "HEX", NULL, NULL, false, \
	  "RAND of the derivation, 16 to 64 octets", "rand" }, \
	{ "--fc", "HEX", NULL, NULL, false, \
	  "FC of the derivation, two or four digits", "fc" }, \
	{ "--ue-id", "ID", NULL, "ue-id", false, \
	  "IKE identity of the UE, in typed text" }, \
	{ "--pdu-session-id", "N", NULL, "pdu-session-id", false, \
	  "PDU session ID, 1 to 15" }, \
	{ "--upf-address", "ADDR", NULL, "upf-address", false, \
	  "address of the UPF that the UE must use" }, \
	{ "--ue-address", "ADDR", NULL, "ue-addresses", true, \
	  "inner address of the UE, may be repeated" }, \
	{ "--dns", "ADDR", NULL, "dns", true, \
	  "name server that the UE is told, may be repeated" }, \
	{ "--p-cscf", "ADDR", NULL, "p-cscf", true, \
	  "P-CSCF that the UE is told, may be repeated" }, \
	{ "--dnn", "DNN", NULL, "dnn", false, \
	  "data network that the session leads to" }, \
	{ "--snssai", "SST[-SD]", NULL, "snssai", false, \
	  "slice that it is in" }, \
	{ "--generation", "N", NULL, "generation", false, \
	  "generation that the session is to have, later than the one it has" }, \
	{ "--lifetime", "SECONDS", NULL, "lifetime", false, \
	  "when the session expires" }, \
	{ "--service", "NAME", "ike mpquic msgin5g tls", "services", true, \
	  "what the key is for, may be repeated" }, \
	{ "--psk-identity", "TEXT", NULL, "psk-identity", false, \
	  "identity that the key itself has in TLS" }

/** The option of a modification, likewise */
#define KUPFCTL_GRACE_OPTION \
	{ "--grace", "SECONDS", NULL, "grace", false, \
	  "how long a tunnel with the old key may stay" }

/**
 * Whether a text can be the name of a session: 1 to 64 printable ASCII
 * characters without a space.
 *
 * @param name		text
 * @param len		its length
 * @return			TRUE if it can
 */
bool kupfctl_session_name_valid(const char *name, size_t len);

/**
 * Begin a request about a session: its name, which is the only positional
 * argument, and the fields that were given as options.
 *
 * @param client	client
 * @param command	name of the command
 * @param args		arguments, of any table of options with fields
 * @return			FALSE if an argument is wrong: that was printed
 */
bool kupfctl_session_begin(kupf_client_t *client, const char *command,
						   const kupfctl_args_t *args);

/**
 * Normalize hexadecimal digits, with or without "0x", to text for the wire.
 *
 * @param option	name of option, for messages
 * @param text		text
 * @param digits	least and highest number of digits, always an even number
 * @param hex		[out] "0x" and the digits, room for 3 + digits[1]
 * @return			FALSE if that failed: it was printed
 */
bool kupfctl_session_hex(const char *option, const char *text,
						 const unsigned int digits[2], char *hex);

/** Number of digits of a RAND */
extern const unsigned int kupfctl_rand_digits[2];

/** Number of digits of an FC */
extern const unsigned int kupfctl_fc_digits[2];

/** Room for the longest of both, its prefix and a terminator */
#define KUPFCTL_SESSION_HEX_SIZE 132

#endif /** KUPFCTL_SESSION_H_ @}*/
