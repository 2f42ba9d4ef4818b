/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Values that are refused, and what is said of them.
 */

#include "test_kupf_request.h"

/** Base64 of 31, 32, 33, 64 and 65 octets 0x61 */
#define B64_31 "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ=="
#define B64_65 "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh" \
			   "YWFhYWFhYWFhYWFhYWFhYWE="

/**
 * A message that is refused.
 */
static struct {
	/** message */
	char *script;
	/** why */
	kupf_cause_t cause;
	/** what the sentence must name */
	char *named;
} bad[] = {
	/* values */
	{ "generation=0", KUPF_CAUSE_INVALID_FIELD, "'generation'" },
	{ "generation=-1", KUPF_CAUSE_INVALID_FIELD, "'generation'" },
	{ "generation=4294967296", KUPF_CAUSE_INVALID_FIELD, "'generation'" },
	{ "unique-id=0", KUPF_CAUSE_INVALID_FIELD, "'unique-id'" },
	{ "unique-id=4294967296", KUPF_CAUSE_INVALID_FIELD, "'unique-id'" },
	{ "services=[TLS]", KUPF_CAUSE_INVALID_FIELD, "'services'" },
	{ "services=[other]", KUPF_CAUSE_INVALID_FIELD, "'services'" },
	{ "psk-identity=", KUPF_CAUSE_INVALID_FIELD, "'psk-identity'" },
	{ "psk-identity=0x", KUPF_CAUSE_INVALID_FIELD, "'psk-identity'" },
	{ "psk-identity=0x0", KUPF_CAUSE_INVALID_FIELD, "'psk-identity'" },
	{ "psk-identity=0x0g", KUPF_CAUSE_INVALID_FIELD, "'psk-identity'" },
	{ "psk-identity=a%20b", KUPF_CAUSE_INVALID_FIELD, "'psk-identity'" },
	{ "psk-identity=" A64 A64 A64 A64, KUPF_CAUSE_INVALID_FIELD,
	  "'psk-identity'" },
	{ "base-key=0x" HEX31, KUPF_CAUSE_INVALID_FIELD, "'base-key'" },
	{ "supi=", KUPF_CAUSE_INVALID_FIELD, "'supi'" },
	{ "supi=0010", KUPF_CAUSE_INVALID_FIELD, "'supi'" },
	{ "supi=0010123456789012", KUPF_CAUSE_INVALID_FIELD, "'supi'" },
	{ "supi=imsi-001010123456789", KUPF_CAUSE_INVALID_FIELD, "'supi'" },
	{ "supi=u@", KUPF_CAUSE_INVALID_FIELD, "'supi'" },
	{ "af-id=", KUPF_CAUSE_INVALID_FIELD, "'af-id'" },
	{ "af-id=%01%00%00%00%07", KUPF_CAUSE_INVALID_FIELD, "'af-id'" },
	{ "af-id=0x0100000007", KUPF_CAUSE_INVALID_FIELD, "'af-id'" },
	{ "af-id=a%20b%01%00%00%00%07", KUPF_CAUSE_INVALID_FIELD, "'af-id'" },
	{ "snn=", KUPF_CAUSE_INVALID_FIELD, "'snn'" },
	{ "snn=0xf", KUPF_CAUSE_INVALID_FIELD, "'snn'" },
	{ "sqn-ak=0x0001020304", KUPF_CAUSE_INVALID_FIELD, "'sqn-ak'" },
	{ "sqn-ak=000102030405", KUPF_CAUSE_INVALID_FIELD, "'sqn-ak'" },
	{ "session=", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "session=" TEXT64 "x", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "session=a%20b", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "session=a%00", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "session=a%0a", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "session=%7f", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "session=%c3%a9", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "ue-id=", KUPF_CAUSE_INVALID_FIELD, "'ue-id'" },
	{ "ue-id=carol", KUPF_CAUSE_INVALID_FIELD, "'ue-id'" },
	{ "ue-id=%25any", KUPF_CAUSE_INVALID_FIELD, "'ue-id'" },
	{ "ue-id=email:*@x", KUPF_CAUSE_INVALID_FIELD, "'ue-id'" },
	{ "ue-id=@#0", KUPF_CAUSE_INVALID_FIELD, "'ue-id'" },
	{ "ue-id=@#0g", KUPF_CAUSE_INVALID_FIELD, "'ue-id'" },
	{ "key=", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0x", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0s", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0x" HEX31, KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0x" HEX64 "00", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0x" HEX32 "0", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0x" HEX31 "0g", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0X" HEX32, KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=" HEX32, KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0x" ZERO16 ZERO16, KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0x" ZERO16 ZERO16 ZERO16 ZERO16, KUPF_CAUSE_INVALID_FIELD,
	  "'key'" },
	{ "key=0s" B64_31, KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0s" B64_65, KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0sAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	/* without its padding, with padding in the middle, nothing but padding */
	{ "key=0sYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0sYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=YWFhYWFhYWFhYWFh",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0sYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYW==YWFh",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0sYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhY===",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0s====YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0s============================================",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0sYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYW-_",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	/* raw: 31, 33 and 64 octets, 32 zeros, and 32 that read as text */
	{ "key=ABCDEFGHIJKLMNOPQRSTUVWXYZ23456", KUPF_CAUSE_INVALID_FIELD,
	  "'key'" },
	{ "key=" RAW32 "8", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=" RAW32 RAW32, KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00"
	  "%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00",
	  KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "key=0x000102030405060708090a0b0c0d0e", KUPF_CAUSE_INVALID_FIELD,
	  "'key'" },
	{ "key=0sABCDEFGHIJKLMNOPQRSTUVWXYZ2345", KUPF_CAUSE_INVALID_FIELD,
	  "'key'" },
	{ "replace=", KUPF_CAUSE_INVALID_FIELD, "'replace'" },
	{ "replace=true", KUPF_CAUSE_INVALID_FIELD, "'replace'" },
	{ "limit=0", KUPF_CAUSE_INVALID_FIELD, "'limit'" },
	{ "limit=4294967296", KUPF_CAUSE_INVALID_FIELD, "'limit'" },
	{ "limit=-1", KUPF_CAUSE_INVALID_FIELD, "'limit'" },
	{ "after=", KUPF_CAUSE_INVALID_FIELD, "'after'" },
	{ "after=%20preconfigured", KUPF_CAUSE_INVALID_FIELD, "'after'" },
	{ "after=a%20", KUPF_CAUSE_INVALID_FIELD, "'after'" },
	{ "after=a%20b", KUPF_CAUSE_INVALID_FIELD, "'after'" },
	{ "after=a%20preconfigured%20", KUPF_CAUSE_INVALID_FIELD, "'after'" },
	{ "after=" TEXT64 "x", KUPF_CAUSE_INVALID_FIELD, "'after'" },
	{ "derivation=", KUPF_CAUSE_INVALID_FIELD, "'derivation'" },
	{ "derivation=ts33501-a10", KUPF_CAUSE_INVALID_FIELD, "ts33501-a9" },
	{ "nas-count=4294967296", KUPF_CAUSE_INVALID_FIELD, "'nas-count'" },
	{ "nas-count=-1", KUPF_CAUSE_INVALID_FIELD, "'nas-count'" },
	{ "nas-count=0x1", KUPF_CAUSE_INVALID_FIELD, "'nas-count'" },
	{ "distinguisher=0x01", KUPF_CAUSE_INVALID_FIELD, "private use" },
	{ "distinguisher=0xF0", KUPF_CAUSE_INVALID_FIELD, "private use" },
	{ "distinguisher=F1", KUPF_CAUSE_INVALID_FIELD, "private use" },
	{ "distinguisher=0xF", KUPF_CAUSE_INVALID_FIELD, "private use" },
	{ "distinguisher=0xF1F1", KUPF_CAUSE_INVALID_FIELD, "private use" },
	{ "distinguisher=241", KUPF_CAUSE_INVALID_FIELD, "private use" },
	{ "distinguisher=0s8Q==", KUPF_CAUSE_INVALID_FIELD, "private use" },
	{ "ktngf=0x" HEX31, KUPF_CAUSE_INVALID_FIELD, "'ktngf'" },
	{ "kamf=", KUPF_CAUSE_INVALID_FIELD, "'kamf'" },
	{ "kamf=0x" HEX31, KUPF_CAUSE_INVALID_FIELD, "'kamf'" },
	{ "kamf=0x" HEX32 "00", KUPF_CAUSE_INVALID_FIELD, "'kamf'" },
	{ "kamf=0x" HEX64, KUPF_CAUSE_INVALID_FIELD, "'kamf'" },
	{ "kamf=0s" B64_33, KUPF_CAUSE_INVALID_FIELD, "'kamf'" },
	{ "kamf=" HEX32, KUPF_CAUSE_INVALID_FIELD, "'kamf'" },
	{ "kamf=0x" ZERO16 ZERO16, KUPF_CAUSE_INVALID_FIELD, "'kamf'" },
	{ "kamf=0x000102030405060708090a0b0c0d0e", KUPF_CAUSE_INVALID_FIELD,
	  "'kamf'" },
	{ "rand=", KUPF_CAUSE_INVALID_FIELD, "'rand'" },
	{ "rand=ABCDEFGHIJKLMNO", KUPF_CAUSE_INVALID_FIELD, "'rand'" },
	{ "rand=ABCDEFGHIJKLMNOPQ", KUPF_CAUSE_INVALID_FIELD, "'rand'" },
	{ "rand=0x000102030405060708090a0b0c0d0e", KUPF_CAUSE_INVALID_FIELD,
	  "'rand'" },
	{ "rand=000102030405060708090a0b0c0d0e0", KUPF_CAUSE_INVALID_FIELD,
	  "'rand'" },
	{ "rand=000102030405060708090a0b0c0d0e0g", KUPF_CAUSE_INVALID_FIELD,
	  "'rand'" },
	{ "rand=" HEX64 "00", KUPF_CAUSE_INVALID_FIELD, "'rand'" },
	{ "rand=0x" HEX64 "00", KUPF_CAUSE_INVALID_FIELD, "'rand'" },
	{ "fc=", KUPF_CAUSE_INVALID_FIELD, "'fc'" },
	{ "fc=6E", KUPF_CAUSE_INVALID_FIELD, "'fc'" },
	{ "fc=0xff", KUPF_CAUSE_INVALID_FIELD, "'fc'" },
	{ "fc=0x006e", KUPF_CAUSE_INVALID_FIELD, "'fc'" },
	{ "fc=0x6e%00", KUPF_CAUSE_INVALID_FIELD, "'fc'" },
	{ "fc=0xff0100", KUPF_CAUSE_INVALID_FIELD, "'fc'" },
	{ "pdu-session-id=", KUPF_CAUSE_INVALID_FIELD, "'pdu-session-id'" },
	{ "pdu-session-id=0", KUPF_CAUSE_INVALID_FIELD, "'pdu-session-id'" },
	{ "pdu-session-id=16", KUPF_CAUSE_INVALID_FIELD, "'pdu-session-id'" },
	{ "pdu-session-id=-1", KUPF_CAUSE_INVALID_FIELD, "'pdu-session-id'" },
	{ "pdu-session-id=%201", KUPF_CAUSE_INVALID_FIELD, "'pdu-session-id'" },
	{ "pdu-session-id=1x", KUPF_CAUSE_INVALID_FIELD, "'pdu-session-id'" },
	{ "pdu-session-id=0x1", KUPF_CAUSE_INVALID_FIELD, "'pdu-session-id'" },
	{ "pdu-session-id=4294967297", KUPF_CAUSE_INVALID_FIELD,
	  "'pdu-session-id'" },
	{ "upf-address=", KUPF_CAUSE_INVALID_FIELD, "'upf-address'" },
	{ "upf-address=192.0.2", KUPF_CAUSE_INVALID_FIELD, "'upf-address'" },
	{ "upf-address=192.0.2.256", KUPF_CAUSE_INVALID_FIELD, "'upf-address'" },
	{ "upf-address=192.0.2.1/24", KUPF_CAUSE_INVALID_FIELD, "'upf-address'" },
	{ "upf-address=upf.example", KUPF_CAUSE_INVALID_FIELD, "'upf-address'" },
	{ "upf-address=0.0.0.0", KUPF_CAUSE_INVALID_FIELD, "'upf-address'" },
	{ "upf-address=::", KUPF_CAUSE_INVALID_FIELD, "'upf-address'" },
	{ "upf-address=192.0.2.1%00", KUPF_CAUSE_INVALID_FIELD,
	  "'upf-address'" },
	{ "ue-addresses=[10.0.0.1,10.0.0]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[0.1.2.3]", KUPF_CAUSE_INVALID_FIELD, "'ue-addresses'" },
	{ "ue-addresses=[127.0.0.1]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[10.0.0.1,224.0.0.1]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[239.255.255.255]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[255.255.255.255]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[::1]", KUPF_CAUSE_INVALID_FIELD, "'ue-addresses'" },
	{ "ue-addresses=[ff02::1]", KUPF_CAUSE_INVALID_FIELD, "'ue-addresses'" },
	{ "ue-addresses=[::ffff:127.0.0.1]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[10.0.0.0/24]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[2001:db8::/56]", KUPF_CAUSE_INVALID_FIELD,
	  "prefixes of 64 bits" },
	{ "ue-addresses=[2001:db8::1/64]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[ff02::/64]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[2001:db8::1,2001:db8::/64]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[2001:db8::/64,2001:db8::1]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[2001:db8::/64,2001:db8::/64]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "upf-address=2001:db8::/64", KUPF_CAUSE_INVALID_FIELD, "'upf-address'" },
	{ "dns=[2001:db8::/64]", KUPF_CAUSE_INVALID_FIELD, "'dns'" },
	{ "p-cscf=[2001:db8::/64]", KUPF_CAUSE_INVALID_FIELD, "'p-cscf'" },
	{ "dnn=", KUPF_CAUSE_INVALID_FIELD, "'dnn'" },
	{ "dnn=.a", KUPF_CAUSE_INVALID_FIELD, "'dnn'" },
	{ "dnn=a.", KUPF_CAUSE_INVALID_FIELD, "'dnn'" },
	{ "dnn=a..b", KUPF_CAUSE_INVALID_FIELD, "'dnn'" },
	{ "dnn=-a", KUPF_CAUSE_INVALID_FIELD, "'dnn'" },
	{ "dnn=a-.b", KUPF_CAUSE_INVALID_FIELD, "'dnn'" },
	{ "dnn=a_b", KUPF_CAUSE_INVALID_FIELD, "'dnn'" },
	{ "dnn=" A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  KUPF_CAUSE_INVALID_FIELD, "'dnn'" },
	{ "snssai=", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=0", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=256", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=0001", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=-000001", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=1-", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=1-00001", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=1-0000011", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=1-00000g", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "snssai=1_000001", KUPF_CAUSE_INVALID_FIELD, "'snssai'" },
	{ "dns=[127.0.0.53]", KUPF_CAUSE_INVALID_FIELD, "'dns'" },
	{ "dns=[10.0.0.1,10.0.0.1]", KUPF_CAUSE_INVALID_FIELD, "'dns'" },
	{ "dns=[10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5]",
	  KUPF_CAUSE_INVALID_FIELD, "'dns'" },
	{ "dns=10.0.0.1", KUPF_CAUSE_INVALID_FIELD, "'dns'" },
	{ "p-cscf=[ff02::1]", KUPF_CAUSE_INVALID_FIELD, "'p-cscf'" },
	{ "p-cscf=[10.0.0.1,sip.example.org]", KUPF_CAUSE_INVALID_FIELD,
	  "'p-cscf'" },
	{ "p-cscf=[::2,::3,::4,::5,::6]", KUPF_CAUSE_INVALID_FIELD, "'p-cscf'" },
	{ "ue-addresses=[10.0.0.1,10.0.0.1]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "ue-addresses=[10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,"
	  "10.0.0.7,10.0.0.8,10.0.0.9]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	{ "lifetime=", KUPF_CAUSE_INVALID_FIELD, "'lifetime'" },
	{ "lifetime=315360001", KUPF_CAUSE_INVALID_FIELD, "'lifetime'" },
	{ "lifetime=4294967296", KUPF_CAUSE_INVALID_FIELD, "'lifetime'" },
	{ "lifetime=99999999999999999999", KUPF_CAUSE_INVALID_FIELD,
	  "'lifetime'" },
	{ "lifetime=1h", KUPF_CAUSE_INVALID_FIELD, "'lifetime'" },
	{ "lifetime=1.5", KUPF_CAUSE_INVALID_FIELD, "'lifetime'" },
	{ "services=[]", KUPF_CAUSE_INVALID_FIELD, "'services'" },
	{ "services=[sip]", KUPF_CAUSE_INVALID_FIELD, "'services'" },
	{ "services=[IKE]", KUPF_CAUSE_INVALID_FIELD, "'services'" },
	{ "services=[,ike]", KUPF_CAUSE_INVALID_FIELD, "'services'" },
	{ "grace=-1", KUPF_CAUSE_INVALID_FIELD, "'grace'" },
	{ "grace=315360001", KUPF_CAUSE_INVALID_FIELD, "'grace'" },
	{ "state=", KUPF_CAUSE_INVALID_FIELD, "'state'" },
	{ "state=down", KUPF_CAUSE_INVALID_FIELD, "'state'" },
	/* names */
	{ "sesion=a", KUPF_CAUSE_UNKNOWN_FIELD, "'session'" },
	{ "Session=a", KUPF_CAUSE_UNKNOWN_FIELD, "'session'" },
	{ "keys=0x" HEX32, KUPF_CAUSE_UNKNOWN_FIELD, "'key'" },
	{ "=a", KUPF_CAUSE_UNKNOWN_FIELD, "field 1, with a name of 0 octets" },
	{ "session=a lifetime=1 xyz=x", KUPF_CAUSE_UNKNOWN_FIELD,
	  "field 3, with a name of 3 octets, is not known here" },
	{ "ue-address=[10.0.0.1]", KUPF_CAUSE_UNKNOWN_FIELD,
	  "field 1, with a name of 10 octets, is not known here: 'ue-addresses' "
	  "is" },
	{ "key={ session=a }", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "other={ session=a }", KUPF_CAUSE_UNKNOWN_FIELD,
	  "section 1, with a name of 5 octets" },
	{ "other={ other={ services=[nonsense] } }", KUPF_CAUSE_UNKNOWN_FIELD,
	  "section 1, with a name of 5 octets" },
	/* a key that went astray */
	{ "0x4b4b4b4b4b=a", KUPF_CAUSE_UNKNOWN_FIELD,
	  "field 1, with a name of 12 octets, is not known here" },
	{ "session=a YWFhYWFhYWFhYWFhYWE==", KUPF_CAUSE_UNKNOWN_FIELD,
	  "field 2, with a name of 19 octets, is not known here" },
	/* of another kind */
	{ "session=[a]", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "key=[0x" HEX32 "]", KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "services=ike", KUPF_CAUSE_INVALID_FIELD, "'services'" },
	{ "ue-addresses=10.0.0.1", KUPF_CAUSE_INVALID_FIELD, "'ue-addresses'" },
	/* more than once */
	{ "session=a session=a", KUPF_CAUSE_INVALID_FIELD, "'session'" },
	{ "key=0x" HEX32 " key=0x" HEX32, KUPF_CAUSE_INVALID_FIELD, "'key'" },
	{ "services=[ike] services=[ike]", KUPF_CAUSE_INVALID_FIELD,
	  "'services'" },
	{ "ue-addresses=[] ue-addresses=[]", KUPF_CAUSE_INVALID_FIELD,
	  "'ue-addresses'" },
	/* the first of several errors is reported */
	{ "lifetime=x session= sesion=a", KUPF_CAUSE_INVALID_FIELD,
	  "'lifetime'" },
};

START_TEST(test_bad)
{
	kupf_request_t request;
	kupf_error_t error;
	char *value;

	ck_assert_msg(!parse(&request, &error, ALL, 0, bad[_i].script),
				  "%s: accepted", bad[_i].script);
	ck_assert_msg(error.cause == bad[_i].cause, "%s: cause %d: %s",
				  bad[_i].script, error.cause, error.message);
	ck_assert_msg(strstr(error.message, bad[_i].named),
				  "%s: no %s in '%s'", bad[_i].script, bad[_i].named,
				  error.message);
	value = strchr(bad[_i].script, '=');
	if (strpfx(bad[_i].script, "k") && value[1] != '{')
	{
		ck_assert_msg(!shares(error.message, value + 1, 6),
					  "%s: part of a key in '%s'", bad[_i].script,
					  error.message);
	}
	kupf_request_wipe(&request);
}
END_TEST

/* there is something bad of each field of a session */
START_TEST(test_each)
{
	const kupf_wire_field_t *field;
	kupf_fields_t bits = KUPF_FIELDS_SESSION;
	bool found;
	u_int i;

	for (; (field = kupf_fields_first(bits)); bits &= ~field->bit)
	{
		found = FALSE;
		for (i = 0; i < countof(bad); i++)
		{
			found |= strpfx(bad[i].script, (char*)field->name) &&
					 bad[i].script[field->len] == '=';
		}
		ck_assert_msg(found, "nothing bad of field '%s'", field->name);
	}
	ck_assert_msg(!bits, "no name of fields 0x%llx", (unsigned long long)bits);
}
END_TEST

void kupf_request_bad_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "bad", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_bad, 0, countof(bad));
	tcase_add_test(tc, test_each);
}
