/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Plugin bench: what the bench needs inside of charon, on either side.  Never
 * to be installed.  Settings below charon.plugins.bench:
 *
 *   socket          where it takes commands, see below (required)
 *   kernel          whether to be the kernel interface for IPsec (no)
 *   keys            whether we have the keys of all UEs (no)
 *   forget          whether to forget IKE_SAs when they are up (no)
 *   receive_buffer  octets, of charon's UDP sockets (0: as they are)
 *
 * A command is a line, on a connection of its own, and so is the answer:
 *
 *   measure WARM TARGET      see bench_meter.h
 *   result
 *   counts                   names and numbers of what there is now
 *   trim                     give free memory back to the system
 *   lookup store|shared|first FIRST COUNT SECONDS    see bench_lookup.h
 */

#include "bench_kernel.h"
#include "bench_keys.h"
#include "bench_lookup.h"
#include "bench_meter.h"
#include "compat.h"

#include <daemon.h>

#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

/** Descriptors that are looked at for sockets of charon's */
#define DESCRIPTORS_MAX 256

/** Commands that are carried out at the same time */
#define COMMANDS_MAX 4

typedef struct private_bench_plugin_t private_bench_plugin_t;

/**
 * Private data of the plugin.
 */
struct private_bench_plugin_t {
	/** public interface */
	plugin_t public;
	/** counts */
	bench_meter_t *meter;
	/** keys of UEs, NULL if not asked for */
	credential_set_t *keys;
	/** takes commands */
	stream_service_t *service;
};

static bool get_bool(char *key)
{
	return lib->settings->get_bool(lib->settings, "%s.plugins.bench.%s", FALSE,
								   lib->ns, key);
}

/**
 * Octets of memory that are resident.
 */
static unsigned long long get_resident()
{
	unsigned long long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file)
	{
		if (fscanf(file, "%*u %llu", &pages) != 1)
		{
			pages = 0;
		}
		fclose(file);
	}
	return pages * sysconf(_SC_PAGESIZE);
}

/**
 * What there is now.
 */
static void get_counts(char *text, size_t len)
{
	ike_sa_manager_t *manager = charon->ike_sa_manager;
	struct mallinfo2 info = mallinfo2();
	int sas, policies;

	sas = bench_kernel_count(&policies);
	snprintf(text, len, "ike-sas %u half-open %u sas %d policies %d cpu %.6f "
			 "resident %llu allocated %llu", manager->get_count(manager),
			 (u_int)manager->get_half_open_count(manager, NULL, FALSE),
			 sas, policies, bench_meter_cpu(), get_resident(),
			 (unsigned long long)info.uordblks + info.hblkhd);
}

/**
 * Look keys up, as the command says.
 */
static bool lookup(const char *command, char *text, size_t len)
{
	static const char *kinds[] = { "store", "shared", "first" };
	char name[8];
	u_int first, count, kind;
	double seconds;

	if (sscanf(command, "lookup %7s %u %u %lf", name, &first, &count,
			   &seconds) == 4 && count)
	{
		for (kind = BENCH_LOOKUP_STORE; kind < countof(kinds); kind++)
		{
			if (streq(kinds[kind], name))
			{
				return bench_lookup(kind, first, count, seconds, text, len);
			}
		}
	}
	return FALSE;
}

/**
 * Carry a command out.
 */
static bool execute(private_bench_plugin_t *this, const char *command,
					char *text, size_t len)
{
	u_int warm, target;

	snprintf(text, len, "ok");
	if (sscanf(command, "measure %u %u", &warm, &target) == 2)
	{
		this->meter->start(this->meter, warm, target);
	}
	else if (streq(command, "result"))
	{
		this->meter->get_result(this->meter, text, len);
	}
	else if (streq(command, "counts"))
	{
		get_counts(text, len);
	}
	else if (streq(command, "trim"))
	{
		malloc_trim(0);
	}
	else
	{
		return lookup(command, text, len);
	}
	return TRUE;
}

CALLBACK(accept_command, bool,
	private_bench_plugin_t *this, stream_t *stream)
{
	char line[128], text[512] = "";
	FILE *file = stream->get_file(stream);

	if (file && fgets(line, sizeof(line), file))
	{
		line[strcspn(line, "\n")] = '\0';
		if (!execute(this, line, text, sizeof(text)))
		{
			snprintf(text, sizeof(text), "error");
		}
		fseek(file, 0, SEEK_CUR);
		fprintf(file, "%s\n", text);
	}
	if (file)
	{
		fclose(file);
	}
	return FALSE;
}

/**
 * Set the receive buffers of charon's UDP sockets, beyond what the system
 * allows.
 */
static void set_receive_buffers(int size)
{
	struct sockaddr_storage addr;
	socklen_t len;
	int fd, type;

	for (fd = 0; size && fd < DESCRIPTORS_MAX; fd++)
	{
		len = sizeof(type);
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
			type == SOCK_DGRAM)
		{
			len = sizeof(addr);
			if (getsockname(fd, (struct sockaddr*)&addr, &len) == 0 &&
				(addr.ss_family == AF_INET || addr.ss_family == AF_INET6) &&
				setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
						   sizeof(size)) != 0)
			{
				DBG1(DBG_CFG, "bench: cannot set a receive buffer");
			}
		}
	}
}

/**
 * Take the plugin into service, or out of it.
 */
static bool plugin_cb(private_bench_plugin_t *this, plugin_feature_t *feature,
					  bool reg, void *data)
{
	char *uri;

	if (!reg)
	{
		this->service->destroy(this->service);
		if (this->keys)
		{
			lib->credmgr->remove_set(lib->credmgr, this->keys);
			free(this->keys);
		}
		charon->bus->remove_listener(charon->bus, &this->meter->listener);
		this->meter->destroy(this->meter);
		return TRUE;
	}
	uri = lib->settings->get_str(lib->settings, "%s.plugins.bench.socket",
								 NULL, lib->ns);
	this->service = uri ? lib->streams->create_service(lib->streams, uri, 8)
						: NULL;
	if (!this->service)
	{
		return FALSE;
	}
	this->meter = bench_meter_create(get_bool("forget"));
	charon->bus->add_listener(charon->bus, &this->meter->listener);
	if (get_bool("keys"))
	{
		this->keys = bench_keys_create();
		lib->credmgr->add_set(lib->credmgr, this->keys);
	}
	this->service->on_accept(this->service,
							 (stream_service_cb_t)accept_command, this,
							 JOB_PRIO_CRITICAL, COMMANDS_MAX);
	return TRUE;
}

/**
 * The sockets are there when this is called.
 */
static bool sockets_cb(private_bench_plugin_t *this, plugin_feature_t *feature,
					   bool reg, void *data)
{
	if (reg)
	{
		set_receive_buffers(lib->settings->get_int(lib->settings,
							"%s.plugins.bench.receive_buffer", 0, lib->ns));
	}
	return TRUE;
}

METHOD(plugin_t, get_name, char*,
	private_bench_plugin_t *this)
{
	return "bench";
}

METHOD(plugin_t, get_features, int,
	private_bench_plugin_t *this, plugin_feature_t *features[])
{
	static plugin_feature_t f[] = {
		PLUGIN_CALLBACK((plugin_feature_callback_t)plugin_cb, NULL),
			PLUGIN_PROVIDE(CUSTOM, "bench"),
		PLUGIN_CALLBACK((plugin_feature_callback_t)sockets_cb, NULL),
			PLUGIN_PROVIDE(CUSTOM, "bench-sockets"),
				PLUGIN_DEPENDS(CUSTOM, "socket"),
		PLUGIN_CALLBACK(kernel_ipsec_register, bench_kernel_create),
			PLUGIN_PROVIDE(CUSTOM, "kernel-ipsec"),
	};
	*features = f;
	return countof(f) - (get_bool("kernel") ? 0 : 2);
}

METHOD(plugin_t, destroy, void,
	private_bench_plugin_t *this)
{
	free(this);
}

/**
 * Plugin constructor.
 */
PLUGIN_DEFINE(bench)
{
	private_bench_plugin_t *this;

	INIT(this,
		.public = {
			.get_name = _get_name,
			.get_features = _get_features,
			.destroy = _destroy,
		},
	);
	return &this->public;
}
