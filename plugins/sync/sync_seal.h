/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_seal sync_seal
 * @{ @ingroup sync
 *
 * Records of sessions as the engine has them: sealed, so that it never sees a
 * key.  GROUP.md has the format.
 *
 * A record is a header of 24 octets, what is sealed, and a tag of 16: AES-256 in
 * GCM (NIST SP 800-38D) with a nonce that is chosen at random for each.  The
 * header, the name of the group and that of the session are authenticated, so
 * that a record is of no use under another name.
 *
 * Not to be used by two threads at once.
 */

#ifndef SYNC_SEAL_H_
#define SYNC_SEAL_H_

#include "wire/wire.h"

/** Octets of a key-encryption key */
#define SYNC_KEY_SIZE 32

/** Most keys in a file: the one that seals, and the one before it */
#define SYNC_KEYS_MAX 2

/** Octets that a record has beside what is sealed */
#define SYNC_SEAL_EXTRA 40

/** Most octets of a record */
#define SYNC_RECORD_MAX 8192

/** Longest name of a group, and of a session */
#define SYNC_GROUP_MAX 32
#define SYNC_NAME_MAX 64

/** Highest generation of a session: its tombstone needs a later one */
#define SYNC_GENERATION_MAX (UINT32_MAX - 1)

typedef struct sync_keys_t sync_keys_t;
typedef struct sync_header_t sync_header_t;
typedef enum sync_kind_t sync_kind_t;
typedef enum sync_seal_status_t sync_seal_status_t;

/**
 * What a record is.
 */
enum sync_kind_t {
	/** a session */
	SYNC_SESSION = 1,
	/** there was a session, and none is to be fetched any more */
	SYNC_TOMBSTONE = 2,
};

/**
 * What has come of opening a record.
 */
enum sync_seal_status_t {
	SYNC_OPENED,
	/** it is no record, or one of a later version */
	SYNC_MALFORMED,
	/** it was sealed with a key that is not ours */
	SYNC_NO_KEY,
	/** it was sealed by somebody else, for another name, or was changed */
	SYNC_FORGED,
};

/**
 * Key-encryption keys.
 */
struct sync_keys_t {
	/** how many, the first one seals */
	unsigned int count;
	/** numbers, not 0, and keys */
	struct {
		uint32_t id;
		uint8_t key[SYNC_KEY_SIZE];
	} keys[SYNC_KEYS_MAX];
};

/**
 * What a record says in clear.
 */
struct sync_header_t {
	/** what it is */
	sync_kind_t kind;
	/** number of the key that it is sealed with */
	uint32_t key;
	/** generation of the session, not 0 */
	uint32_t generation;
};

/**
 * Read keys from a file: lines of a number, a blank and 0x and 64 hexadecimal
 * digits; # starts a comment.  The file must belong to us or to root, and nobody
 * else may read or write it.
 *
 * @param self		[out] keys, to be wiped with sync_keys_wipe()
 * @param path		name of the file
 * @param error		[out] what is wrong, without any key, nor the path, which may be one
 * @param size		room for that
 * @return			FALSE if something is
 */
bool sync_keys_read(sync_keys_t *self, const char *path, char *error,
					size_t size);

/**
 * Wipe keys.
 */
void sync_keys_wipe(sync_keys_t *self);

/**
 * Read the header of a record.
 *
 * @return			FALSE if it is none
 */
bool sync_seal_header(wire_octets_t record, sync_header_t *header);

/**
 * Make a record.
 *
 * @param keys		keys
 * @param group		name of the group
 * @param name		name of the session
 * @param header	what it is, its key is filled in
 * @param plain		what is sealed
 * @param record	[out] record, room for SYNC_RECORD_MAX
 * @param len		[out] octets of it
 * @return			FALSE if it is too long, or libcrypto fails
 */
bool sync_seal(const sync_keys_t *keys, const char *group, wire_octets_t name,
			   sync_header_t *header, wire_octets_t plain, uint8_t *record,
			   size_t *len);

/**
 * Open a record.
 *
 * @param header	[out] what it says in clear, unless it is malformed
 * @param plain		[out] what was sealed, room for SYNC_RECORD_MAX; to be wiped
 *					by the caller, and wiped unless it is opened
 * @param len		[out] octets of it
 * @return			what has come of it
 */
sync_seal_status_t sync_open(const sync_keys_t *keys, const char *group,
							 wire_octets_t name, wire_octets_t record,
							 sync_header_t *header, uint8_t *plain,
							 size_t *len);

#endif /** SYNC_SEAL_H_ @}*/
