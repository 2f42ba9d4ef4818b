/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_liveness.h"
#include "nin3a_ue/nin3a_ue_counters.h"
#include "tunnel/tunnel_invalid_spi.h"
#include "tunnel/tunnel_spis.h"

#include <sa/ikev2/tasks/ike_dpd.h>
#include <sa/ikev2/tasks/ike_mobike.h>

/** How long to listen, in parts of the setting; twice if something comes late */
#define LISTEN_PERCENT 30

/** How long to wait for each answer, likewise, and how many are waited for */
#define ANSWER_PERCENT 13
#define REQUESTS 3

/* what came just behind a look is found at the next one; then there are two times to
 * listen, and the answers to wait for, before a tunnel is suspected: `liveness` is a
 * bound */
_Static_assert(2 * LISTEN_PERCENT + REQUESTS * ANSWER_PERCENT <= 100,
			   "silence has to be noticed within the setting");

/** Longest request that is kept to be sent again, octets */
#define REQUEST_MAX 512

typedef struct private_nin3a_ue_liveness_t private_nin3a_ue_liveness_t;
typedef struct listening_t listening_t;
typedef struct hint_t hint_t;

/**
 * Private data.
 */
struct private_nin3a_ue_liveness_t {
	/** public interface */
	nin3a_ue_liveness_t public;
	/** settings */
	nin3a_ue_config_t *config;
	/** IKE_SAs */
	nin3a_ue_sas_t *sas;
	/** legs */
	nin3a_ue_legs_t *legs;
	/** begins attempts */
	nin3a_ue_jobs_t *jobs;
	/** has the jobs done */
	tunnel_worker_t *worker;
	/** time_monotonic() of the second that is under way, and hints in it */
	time_t second;
	u_int hints;
};

/**
 * A job that listens to a tunnel.
 */
struct listening_t {
	/** unique identifier of its IKE_SA */
	uint32_t ike_sa;
	/** requests that were not answered */
	u_int step;
};

/**
 * A job about a message that says that an IKE_SA is not known.
 */
struct hint_t {
	/** SPIs of the IKE_SA, which may be none of ours */
	tunnel_spis_t spis;
	/** message ID of what it answers */
	uint32_t message_id;
};

/**
 * Count the packets that have come through an IKE_SA's CHILD_SAs.
 */
static uint64_t count_packets(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;
	uint64_t sum = 0, packets;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		packets = 0;
		child_sa->get_usestats(child_sa, TRUE, NULL, NULL, &packets);
		sum += packets;
	}
	enumerator->destroy(enumerator);
	return sum;
}

/**
 * Whether an exchange is in the air.
 */
static bool is_asking(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	task_t *task;
	bool found;

	enumerator = ike_sa->create_task_enumerator(ike_sa, TASK_QUEUE_ACTIVE);
	found = enumerator->enumerate(enumerator, &task);
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Whether the UPF is told by us, and by nothing else, where its packets have to go
 * when our NAT has another mapping (RFC 4555, 3.8).
 */
static bool is_behind_nat(ike_sa_t *ike_sa)
{
	return ike_sa->supports_extension(ike_sa, EXT_MOBIKE) &&
		   ike_sa->has_condition(ike_sa, COND_NAT_HERE);
}

/**
 * Ask for a sign of life, and behind a NAT for its mapping: charon compares it with
 * the one before and tells the UPF.  An exchange that is in the air does as well.
 */
static status_t ask(ike_sa_t *ike_sa)
{
	ike_mobike_t *mobike;

	if (is_asking(ike_sa))
	{
		return SUCCESS;
	}
	if (is_behind_nat(ike_sa))
	{
		mobike = ike_mobike_create(ike_sa, TRUE);
		mobike->dpd(mobike);
		ike_sa->queue_task(ike_sa, &mobike->task);
	}
	else
	{
		ike_sa->queue_task(ike_sa, &ike_dpd_create(TRUE)->task);
	}
	return ike_sa->initiate(ike_sa, NULL, NULL);
}

/**
 * Ask again: charon would wait for longer, and count it as one of its tries.
 */
static void ask_again(private_nin3a_ue_liveness_t *this, ike_sa_t *ike_sa)
{
	host_t *local = ike_sa->get_my_host(ike_sa);
	host_t *remote = ike_sa->get_other_host(ike_sa);
	chunk_t request;

	request = this->sas->get_request(this->sas, ike_sa->get_unique_id(ike_sa));
	if (request.len)
	{
		charon->sender->send(charon->sender,
				packet_create_from_data(local->clone(local),
										remote->clone(remote), request));
	}
}

/**
 * Look whether there was a sign of life since the last look.
 */
static bool was_heard(private_nin3a_ue_liveness_t *this, ike_sa_t *ike_sa)
{
	return this->sas->was_heard(this->sas, ike_sa->get_unique_id(ike_sa),
								count_packets(ike_sa));
}

/**
 * A tunnel stays silent.
 */
static void suspect(private_nin3a_ue_liveness_t *this, ike_sa_t *ike_sa)
{
	nin3a_ue_order_t order;

	if (this->legs->suspect(this->legs, ike_sa->get_unique_id(ike_sa), &order))
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_SILENT);
		DBG1(DBG_CFG, "nin3a-ue: UPF %H is silent on IKE_SA [%u], setting up "
			 "another tunnel", ike_sa->get_other_host(ike_sa),
			 ike_sa->get_unique_id(ike_sa));
		this->jobs->start(this->jobs, &order);
	}
}

/**
 * Whether a tunnel is there to be listened to.
 */
static bool is_there(ike_sa_t *ike_sa)
{
	return ike_sa->get_state(ike_sa) == IKE_ESTABLISHED ||
		   ike_sa->get_state(ike_sa) == IKE_REKEYING;
}

CALLBACK(listen_job, job_requeue_t,
	private_nin3a_ue_liveness_t *this, void *data)
{
	nin3a_ue_settings_t settings;
	status_t status = SUCCESS;
	listening_t *job = data;
	ike_sa_t *ike_sa;

	this->config->get(this->config, &settings);
	ike_sa = settings.liveness ?
				nin3a_ue_checkout(this->sas, job->ike_sa) : NULL;
	if (!ike_sa)
	{
		return JOB_REQUEUE_NONE;
	}
	if (!is_there(ike_sa))
	{
		tunnel_checkin(ike_sa, SUCCESS);
		return JOB_REQUEUE_NONE;
	}
	if (was_heard(this, ike_sa))
	{
		this->legs->trust(this->legs, job->ike_sa);
		job->step = 0;
	}
	else if (!job->step++)
	{
		status = ask(ike_sa);
	}
	else
	{	/* also once it is suspected: a UPF that is there again says so */
		ask_again(this, ike_sa);
		if (job->step > REQUESTS)
		{
			suspect(this, ike_sa);
		}
	}
	tunnel_checkin(ike_sa, status);
	return JOB_RESCHEDULE_MS(settings.liveness * 10 *
				(job->step && job->step <= REQUESTS ? ANSWER_PERCENT
													: LISTEN_PERCENT));
}

/**
 * Learn the mapping that a NAT has for a tunnel before it has another one.
 */
CALLBACK(map_job, job_requeue_t,
	private_nin3a_ue_liveness_t *this, void *data)
{
	uint32_t *unique_id = data;
	status_t status = SUCCESS;
	ike_sa_t *ike_sa;

	ike_sa = nin3a_ue_checkout(this->sas, *unique_id);
	if (ike_sa)
	{
		if (is_there(ike_sa) && is_behind_nat(ike_sa))
		{
			status = ask(ike_sa);
		}
		tunnel_checkin(ike_sa, status);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_liveness_t, map, void,
	private_nin3a_ue_liveness_t *this, ike_sa_t *ike_sa)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	if (is_behind_nat(ike_sa))
	{
		this->worker->queue(this->worker, map_job, this, &unique_id,
							sizeof(unique_id), 0);
	}
}

METHOD(nin3a_ue_liveness_t, watch, void,
	private_nin3a_ue_liveness_t *this, uint32_t ike_sa)
{
	listening_t job = {
		.ike_sa = ike_sa,
	};
	nin3a_ue_settings_t settings;

	this->config->get(this->config, &settings);
	if (settings.liveness)
	{
		this->worker->queue(this->worker, listen_job, this, &job,
							sizeof(job), settings.liveness * 10 * LISTEN_PERCENT);
	}
}

METHOD(nin3a_ue_liveness_t, sent, void,
	private_nin3a_ue_liveness_t *this, ike_sa_t *ike_sa, message_t *message)
{
	chunk_t data = message->get_packet_data(message);

	if (message->get_request(message))
	{
		if (message->get_exchange_type(message) != INFORMATIONAL ||
			data.len > REQUEST_MAX)
		{
			data = chunk_empty;
		}
		this->sas->set_request(this->sas, ike_sa->get_unique_id(ike_sa), data);
	}
}

/**
 * Send IKE_SA_INIT of an attempt again: the UPF was not there when it was sent.
 */
CALLBACK(resend_job, job_requeue_t,
	private_nin3a_ue_liveness_t *this, void *data)
{
	uint32_t *unique_id = data;
	status_t status = SUCCESS;
	ike_sa_t *ike_sa;
	ike_sa_id_t *id;

	ike_sa = nin3a_ue_checkout(this->sas, *unique_id);
	if (ike_sa)
	{
		id = ike_sa->get_id(ike_sa);
		if (ike_sa->get_state(ike_sa) == IKE_CONNECTING &&
			!id->get_responder_spi(id))
		{
			status = ike_sa->retransmit(ike_sa, 0);
		}
		tunnel_checkin(ike_sa, status);
	}
	return JOB_REQUEUE_NONE;
}

/**
 * The UPF, or somebody else, says that it does not know an IKE_SA.
 */
static void take_hint(private_nin3a_ue_liveness_t *this, ike_sa_t *ike_sa)
{
	nin3a_ue_order_t order;
	uint32_t attempt = 0;

	if (this->legs->hint(this->legs, ike_sa->get_unique_id(ike_sa), &order,
						 &attempt))
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_UNKNOWN_SPIS);
		DBG1(DBG_CFG, "nin3a-ue: UPF %H says that it does not know IKE_SA [%u], "
			 "setting up another tunnel", ike_sa->get_other_host(ike_sa),
			 ike_sa->get_unique_id(ike_sa));
	}
	this->jobs->start(this->jobs, &order);
	if (attempt)
	{
		this->worker->queue(this->worker, resend_job, this, &attempt,
							sizeof(attempt), 0);
	}
}

CALLBACK(hint_job, job_requeue_t,
	private_nin3a_ue_liveness_t *this, void *data)
{
	hint_t *job = data;
	ike_sa_t *ike_sa;

	ike_sa = tunnel_checkout(&job->spis);
	if (ike_sa)
	{
		if (ike_sa->get_message_id(ike_sa, TRUE) == job->message_id)
		{
			take_hint(this, ike_sa);
		}
		tunnel_checkin(ike_sa, SUCCESS);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_liveness_t, hint, void,
	private_nin3a_ue_liveness_t *this, chunk_t message)
{
	time_t now = time_monotonic(NULL);
	hint_t job = {};

	if (now != this->second)
	{
		this->second = now;
		this->hints = 0;
	}
	if (this->hints++ < NIN3A_UE_HINT_RATE)
	{
		job.spis.initiated_here = tunnel_invalid_spi_read(message,
											&job.spis.initiator,
											&job.spis.responder,
											&job.message_id);
		this->worker->queue(this->worker, hint_job, this, &job,
							sizeof(job), 0);
	}
}

METHOD(nin3a_ue_liveness_t, received, void,
	private_nin3a_ue_liveness_t *this, ike_sa_t *ike_sa, message_t *message)
{
	this->sas->set_heard(this->sas, ike_sa->get_unique_id(ike_sa),
						 !message->get_request(message));
}

METHOD(nin3a_ue_liveness_t, destroy, void,
	private_nin3a_ue_liveness_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_liveness_t *nin3a_ue_liveness_create(nin3a_ue_config_t *config,
											  nin3a_ue_sas_t *sas,
											  nin3a_ue_legs_t *legs,
											  nin3a_ue_jobs_t *jobs,
											  tunnel_worker_t *worker)
{
	private_nin3a_ue_liveness_t *this;

	INIT(this,
		.public = {
			.map = _map,
			.watch = _watch,
			.sent = _sent,
			.received = _received,
			.hint = _hint,
			.destroy = _destroy,
		},
		.config = config,
		.sas = sas,
		.legs = legs,
		.jobs = jobs,
		.worker = worker,
	);

	return &this->public;
}
