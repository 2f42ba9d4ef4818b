/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_exchanges n4_exchanges
 * @{ @ingroup n4
 *
 * Requests on N4, until a while after they were answered: somebody may send a
 * request again (TS 29.244 clause 6.4), and has to get the same octets then.
 *
 * There are bounds for each SMF, and for the UPF with each: of exchanges, and of
 * the octets of responses.  The oldest one goes when there are too many.
 */

#ifndef N4_EXCHANGES_H_
#define N4_EXCHANGES_H_

#include "kupf_n4_config.h"
#include "n4_sessions.h"

/** How long an exchange is remembered, ms: longer than requests are repeated */
#define N4_EXCHANGE_LIFE 30000

typedef enum n4_stage_t n4_stage_t;
typedef struct n4_exchange_t n4_exchange_t;
typedef struct n4_exchanges_t n4_exchanges_t;
typedef struct n4_op_t n4_op_t;

/**
 * How far an exchange is.
 */
enum n4_stage_t {
	/** the request was passed on */
	N4_STAGE_ASKED,
	/** there is a response, which waits for kupf */
	N4_STAGE_WAITING,
	/** it was answered */
	N4_STAGE_ANSWERED,
};

/**
 * An exchange.  The last members are for n4_exchanges only.
 */
struct n4_exchange_t {
	/** number of the SMF */
	unsigned int smf;
	/** the request was the UPF's */
	bool from_upf;
	/** sequence number */
	uint32_t sequence;
	/** type of the request */
	uint8_t type;
	/** SEID of its header, or 0 */
	uint64_t seid;
	/** what tells it from another request of this number */
	uint64_t digest;
	/** it was seen before: this is the same again */
	bool is_again;
	/** it is to open a session, which counts as one of its SMF's */
	bool opens;
	/** how far it is */
	n4_stage_t stage;
	/** what the request says about a session, or NULL */
	n4_content_t *content;
	/** it had a vendor IE with a key */
	bool has_key;
	/** what is wrong with the key, a cause; 0 for nothing */
	uint8_t fault;
	/** sessions are to be retained */
	bool retains;
	/** the response as it was sent on, with room for an answer, or NULL */
	uint8_t *response;
	/** octets of the response as it came, as it was sent on, and with room */
	size_t received, len, room;
	/** what it waits for at kupf, or NULL */
	n4_op_t *op;
	/** when it waits no longer, ms */
	uint64_t deadline;
	/** when it is forgotten, ms */
	uint64_t end;
	/** the next one of its bucket */
	n4_exchange_t *chained;
	/** its neighbours in the order in which they began, of all and of the same
	 * peers */
	n4_exchange_t *before, *after, *peer_before, *peer_after;
	/** its neighbours in the order in which responses were kept */
	n4_exchange_t *kept_before, *kept_after;
	/** its neighbours among those that wait */
	n4_exchange_t *waits_before, *waits_after;
};

/**
 * Called with each exchange that is forgotten, before it is gone.
 *
 * @param user		of whoever created the table
 * @param exchange	exchange
 */
typedef void (*n4_exchange_end_t)(void *user, n4_exchange_t *exchange);

/**
 * Create a table.
 *
 * @param pages		where contents are from
 * @param max		most exchanges of an SMF, and of the UPF with it
 * @param octets	most octets of responses that are kept for an SMF
 * @param end		called with each exchange that is forgotten
 * @param user		for end
 * @return			table, NULL if there is no memory
 */
n4_exchanges_t *n4_exchanges_create(n4_pages_t *pages, size_t max,
									size_t octets, n4_exchange_end_t end,
									void *user);

/**
 * Destroy a table: all are forgotten.
 */
void n4_exchanges_destroy(n4_exchanges_t *self);

/**
 * Find an exchange.
 *
 * @param self		table
 * @param smf		number of the SMF
 * @param from_upf	whether the request was the UPF's
 * @param sequence	sequence number
 * @return			exchange, NULL if there is none
 */
n4_exchange_t *n4_exchanges_find(n4_exchanges_t *self, unsigned int smf,
								 bool from_upf, uint32_t sequence);

/**
 * Begin an exchange.  One with the sequence number of the request is forgotten.
 *
 * @param self		table
 * @param smf		number of the SMF
 * @param from_upf	whether the request is the UPF's
 * @param request	request
 * @param digest	what tells it from another request of this number
 * @param now		time, ms
 * @return			exchange, NULL if there is no memory
 */
n4_exchange_t *n4_exchanges_begin(n4_exchanges_t *self, unsigned int smf,
								  bool from_upf, const n4_message_t *request,
								  uint64_t digest, uint64_t now);

/**
 * Have an exchange keep a response, instead of one that it has.  Exchanges of
 * its SMF whose responses are older may be forgotten for it, which calls end.
 *
 * @param self		table
 * @param exchange	exchange
 * @param response	octets, copied
 * @param more		octets that there is to be room for behind them
 * @return			FALSE if there is no memory
 */
bool n4_exchanges_keep(n4_exchanges_t *self, n4_exchange_t *exchange,
					   wire_octets_t response, size_t more);

/**
 * Give the contents of an exchange back.
 */
void n4_exchanges_drop_content(n4_exchanges_t *self, n4_exchange_t *exchange);

/**
 * Forget an exchange.
 */
void n4_exchanges_forget(n4_exchanges_t *self, n4_exchange_t *exchange);

/**
 * Forget those of an SMF, but one.
 */
void n4_exchanges_forget_smf(n4_exchanges_t *self, unsigned int smf,
							 const n4_exchange_t *but);

/**
 * Have an exchange wait: stage WAITING.
 *
 * @param self		table
 * @param exchange	exchange
 * @param deadline	when it waits no longer, ms; never before that of another
 *					one that waits
 */
void n4_exchanges_wait(n4_exchanges_t *self, n4_exchange_t *exchange,
					   uint64_t deadline);

/**
 * An exchange is answered: stage ANSWERED.
 */
void n4_exchanges_answered(n4_exchanges_t *self, n4_exchange_t *exchange);

/**
 * Get an exchange that has waited too long.
 *
 * @return			exchange, NULL if there is none
 */
n4_exchange_t *n4_exchanges_overdue(n4_exchanges_t *self, uint64_t now);

/**
 * Forget what is too old.
 */
void n4_exchanges_age(n4_exchanges_t *self, uint64_t now);

/**
 * Get how much there is.
 *
 * @param self		table
 * @param exchanges	[out] exchanges
 * @param octets	[out] octets of responses that are kept
 * @param forgotten	[out] exchanges that went before their time, since the start
 */
void n4_exchanges_count(const n4_exchanges_t *self, uint64_t *exchanges,
						uint64_t *octets, uint64_t *forgotten);

/**
 * When the next one will be overdue, or too old.
 *
 * @return			time, ms; UINT64_MAX if there is none
 */
uint64_t n4_exchanges_next(const n4_exchanges_t *self);

#endif /** N4_EXCHANGES_H_ @}*/
