/* SPDX-License-Identifier: MIT */

/**
 * @defgroup kupf_n4_config kupf_n4_config
 * @{ @ingroup n4
 *
 * What an engine needs to know, whom it calls, and what it counts.
 */

#ifndef KUPF_N4_CONFIG_H_
#define KUPF_N4_CONFIG_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most SMFs of an engine */
#define KUPF_N4_SMFS 64

/** Octets of the key that an SMF wraps keys with */
#define KUPF_N4_WRAPPING_KEY 32

/** How long a response waits for kupf unless set, ms */
#define KUPF_N4_PATIENCE 300

/** Most sessions unless set */
#define KUPF_N4_SESSIONS 1000000

/** Most messages of an SMF in a second unless set */
#define KUPF_N4_RATE 50000

/** Most exchanges of an SMF, or of the UPF with it, that are remembered, unless
 * set */
#define KUPF_N4_EXCHANGES 65536

/** Most octets of responses to an SMF that are kept, unless set */
#define KUPF_N4_RESPONSES (32 * 1024 * 1024)

/** Most changes of an SMF's sessions that wait for kupf, unless set */
#define KUPF_N4_CHANGES 16384

typedef struct kupf_n4_config_t kupf_n4_config_t;
typedef struct kupf_n4_counters_t kupf_n4_counters_t;
typedef struct kupf_n4_need_t kupf_n4_need_t;
typedef struct kupf_n4_key_t kupf_n4_key_t;
typedef struct kupf_n4_told_t kupf_n4_told_t;

/**
 * Called with a message to be sent.
 *
 * @param user		of the configuration
 * @param smf		number of the SMF that it is for, or from
 * @param message	message, valid until this returns
 * @param len		octets of it
 */
typedef void (*kupf_n4_send_t)(void *user, unsigned int smf,
							   const uint8_t *message, size_t len);

/**
 * Called with a line for the log.
 *
 * @param user		of the configuration
 * @param text		printable ASCII without newline, valid until this returns
 */
typedef void (*kupf_n4_log_t)(void *user, const char *text);

/**
 * A session whose SMF has sent no key.  What is not known is empty.
 */
struct kupf_n4_need_t {
	/** name of the session, for kupf_n4_provide() */
	const char *session;
	/** name of the SMF */
	const char *smf;
	/** subscriber of IE User ID: "imsi-001010000000001" or "nai-user@realm" */
	const char *supi;
	/** DNN and slice */
	const char *dnn, *snssai;
	/** inner addresses of the UE, NULL after the last one */
	const char *const *ue_addresses;
};

/**
 * A key for such a session.
 */
struct kupf_n4_key_t {
	/** K_UPF, or K_AMF */
	uint8_t key[32];
	/** it is K_AMF, to be derived from */
	bool derives;
	/** RAND, with K_AMF only, and how many octets; 0 to have one made */
	uint8_t rand[64];
	size_t rand_len;
	/** key identifier, and how many octets; 0 for the one that is derived */
	uint8_t id[64];
	size_t id_len;
	/** seconds that the session lives, 0 for no end */
	uint32_t lifetime;
};

/**
 * What has become of such a key, for whoever reaches the UE.
 */
struct kupf_n4_told_t {
	/** session, SMF, subscriber and DNN, as in kupf_n4_need_t */
	const char *session, *smf, *supi, *dnn;
	/** kupf has it */
	bool accepted;
	/** kupf cannot be reached; this is told again when it has it */
	bool pending;
	/** kupf's cause if it was refused, or empty */
	const char *cause;
	/** address that the UE has to go to, or empty for any of the UPF's */
	const char *upf_address;
	/** RAND, none unless the key was derived */
	const uint8_t *rand;
	size_t rand_len;
	/** key identifier, none if it was not accepted */
	uint8_t id[64];
	size_t id_len;
	/** when the session ends, seconds since 1970; 0 for never */
	uint64_t expires;
};

/**
 * Called when the UPF has accepted a session whose SMF has sent no key, but its
 * subscriber.
 *
 * @param user		of the configuration
 * @param need		session, valid until this returns
 * @param key		[out] key, wiped by the engine
 * @return			TRUE if there is a key, FALSE if there is none or it comes
 *					later, by kupf_n4_provide()
 */
typedef bool (*kupf_n4_find_key_t)(void *user, const kupf_n4_need_t *need,
								   kupf_n4_key_t *key);

/**
 * Called with what has become of a key that was found or provided.
 *
 * @param user		of the configuration
 * @param told		what has, valid until this returns
 */
typedef void (*kupf_n4_tell_t)(void *user, const kupf_n4_told_t *told);

/**
 * What an engine needs to know.  All that is 0 or NULL gets its default.
 */
struct kupf_n4_config_t {
	/** kupf's socket, "unix://" may stand before it; required */
	const char *socket;
	/** enterprise number of the vendor IEs: 32473 */
	uint16_t enterprise;
	/** type of the IE with a key: 32769 */
	uint16_t key_type;
	/** type of the IE with the answer: 32770 */
	uint16_t answer_type;
	/** how long a response waits for kupf, ms */
	unsigned int patience;
	/** most sessions; establishments beyond are refused */
	size_t max_sessions;
	/** most sessions of an SMF: max_sessions */
	size_t smf_sessions;
	/** most messages of an SMF in a second; those beyond are dropped */
	unsigned int smf_rate;
	/** most exchanges of an SMF, and of the UPF with it, that are remembered;
	 * the oldest goes */
	size_t smf_exchanges;
	/** most octets of responses to an SMF that are kept; the oldest go */
	size_t smf_responses;
	/** most changes of an SMF's sessions that wait for kupf; those beyond are
	 * made up for by a synchronisation */
	size_t smf_changes;
	/** keys that are not wrapped are refused */
	bool refuses_clear_keys;
	/** the caller writes a Node ID of each SMF's own into what is for the UPF:
	 * what an SMF calls itself does not matter then to the others */
	bool rewrites_node_ids;
	/** called with messages to the UPF; required */
	kupf_n4_send_t to_upf;
	/** called with messages to an SMF; required */
	kupf_n4_send_t to_smf;
	/** called with lines for the log */
	kupf_n4_log_t log;
	/** called for keys that SMFs do not send */
	kupf_n4_find_key_t find_key;
	/** called with what has become of them */
	kupf_n4_tell_t tell;
	/** for all of them */
	void *user;
};

/**
 * Numbers since the start, but for the first five.
 */
struct kupf_n4_counters_t {
	/** N4 sessions now, with a key or without */
	uint64_t sessions;
	/** all keys could be locked in memory: 1, else 0 */
	uint64_t locked;
	/** exchanges that are remembered now, octets of responses that are kept, and
	 * changes that wait for kupf */
	uint64_t exchanges, responses, changes;
	/** messages from SMFs and from the UPF */
	uint64_t from_smf, from_upf;
	/** dropped: no PFCP of version 1 */
	uint64_t malformed;
	/** dropped: more than smf_rate in a second */
	uint64_t too_many;
	/** refused: about a session, from an SMF without association */
	uint64_t no_association;
	/** refused: about a session that is not one of the SMF's */
	uint64_t not_owned;
	/** refused or dropped: with the Node ID of another node */
	uint64_t foreign;
	/** dropped: associations asked for with a recovery time stamp from before
	 * the one that is held */
	uint64_t stale;
	/** dropped: responses that nobody waits for */
	uint64_t unasked;
	/** dropped: a request with the sequence number of one that is not answered
	 * yet, or about a session whose deletion is not */
	uint64_t conflicting;
	/** refused: sessions beyond what there may be */
	uint64_t no_room;
	/** exchanges that were forgotten before their time */
	uint64_t forgotten;
	/** changes that were left to a synchronisation */
	uint64_t merged;
	/** keys that kupf has taken, that it has refused, and whose answer did not
	 * come in time */
	uint64_t keys_accepted, keys_refused, keys_pending;
	/** IEs with a key that could not be read */
	uint64_t keys_malformed;
	/** keys that were not wrapped, which they have to be, and wrapped ones that
	 * could not be unwrapped */
	uint64_t keys_in_clear, keys_locked;
	/** keys that were asked for as the SMF has sent none, and that were there */
	uint64_t keys_asked, keys_provided;
	/** keys for which there was no memory */
	uint64_t keys_no_room;
	/** requests of an SMF that came again, and were answered as before; and
	 * responses of the UPF that it had sent before */
	uint64_t repeated;
	/** sessions that ended with their association or node, or as the UPF has
	 * given their SEID to another SMF's */
	uint64_t purged;
	/** synchronisations with kupf */
	uint64_t synchronised;
	/** lines that were not logged: more than 10 in a second */
	uint64_t unlogged;
};

#ifdef __cplusplus
}
#endif

#endif /** KUPF_N4_CONFIG_H_ @}*/
