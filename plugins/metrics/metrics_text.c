/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "metrics_text.h"

#include <inttypes.h>
#include <string.h>

/** What the names of all metrics begin with */
#define PREFIX "kupf_"

/** Longest name of a counter; those that are longer are left out */
#define NAME_SIZE 96

/** Values of "stats" that say what is now; all others count since the start */
static const char *const gauges[] = {
	"sessions", "preconfigured", "addresses", "addresses-held",
	"addresses-quarantined", "ue-addresses-held", "ue-addresses-quarantined",
	"jobs-critical", "jobs-high", "jobs-medium", "jobs-low", "threads",
	"threads-idle", "pins", "fetch-waiting", "nin3a-ike-sas", "nin3a-tunnels-up",
	"psk-connections",
	"nin3a-ue-legs", "nin3a-ue-legs-connecting", "nin3a-ue-legs-waiting",
	"nin3a-ue-ike-sas", "nin3a-ue-tunnels-up",
};

/** Counters of one thing by its reason, which follows the name */
static const char *const by_reason[] = {
	"nin3a-refused-", "nin3a-ue-failed-",
};

/** Number of these */
#define BY_REASON (sizeof(by_reason) / sizeof(by_reason[0]))

/** What the names begin with that say how long set-ups take, microseconds */
static const char setups[] = "nin3a-setup-microseconds-";

/** Kind of these, after those by reason and all others */
#define SETUPS (BY_REASON + 1)

/** Microseconds of a second */
#define MICRO UINT64_C(1000000)

/** Fields of "version" that are labels */
static const char *const labels[] = {
	"daemon", "version", "plugin", "role", "enforcer",
};

static bool is_gauge(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++)
	{
		if (!strcmp(gauges[i], name))
		{
			return true;
		}
	}
	return false;
}

/**
 * Copy the name of a counter, with what a metric may have in place of dashes.
 *
 * @return			FALSE if it has something else, or is too long
 */
static bool copy_name(char metric[NAME_SIZE], const char *name)
{
	size_t i;

	for (i = 0; name[i] && i < NAME_SIZE - 1; i++)
	{
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", name[i]))
		{
			return false;
		}
		metric[i] = name[i] == '-' ? '_' : name[i];
	}
	metric[i] = '\0';
	return i && !name[i];
}

/**
 * Find which of the counters by reason it is; SETUPS if it says how long set-ups
 * take, BY_REASON if it is something else.
 */
static size_t find_kind(const char *name)
{
	size_t i, len;

	if (!strncmp(setups, name, strlen(setups)))
	{
		return SETUPS;
	}
	for (i = 0; i < BY_REASON; i++)
	{
		len = strlen(by_reason[i]);
		if (!strncmp(by_reason[i], name, len) && name[len])
		{
			break;
		}
	}
	return i;
}

/**
 * Write microseconds as seconds.
 */
static void write_seconds(FILE *out, uint64_t time)
{
	char text[32];
	size_t len;

	len = snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, time / MICRO,
				   time % MICRO);
	while (text[len - 1] == '0' && text[len - 2] != '.')
	{
		len--;
	}
	fwrite(text, 1, len, out);
}

/**
 * Write a part of the histogram of how long set-ups take.
 *
 * @param part		what follows in its name
 * @param first		whether it is the first one
 */
static void write_setups(FILE *out, const char *part, uint64_t value,
						 bool first)
{
	const char metric[] = PREFIX "nin3a_setup_seconds";
	uint64_t time;

	if (first)
	{
		fprintf(out, "# TYPE %s histogram\n# UNIT %s seconds\n", metric, metric);
	}
	if (!strcmp(part, "sum"))
	{
		fprintf(out, "%s_sum ", metric);
		write_seconds(out, value);
		fputc('\n', out);
	}
	else if (!strcmp(part, "le-inf"))
	{
		fprintf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_count %" PRIu64
				"\n", metric, value, metric, value);
	}
	else if (!strncmp(part, "le-", strlen("le-")) &&
			 wire_number(wire_text(part + strlen("le-")), UINT64_MAX, &time))
	{
		fprintf(out, "%s_bucket{le=\"", metric);
		write_seconds(out, time);
		fprintf(out, "\"} %" PRIu64 "\n", value);
	}
}

/**
 * Write a value.
 *
 * @param first		whether it is the first sample of its metric
 */
static void write_value(FILE *out, const char *name, uint64_t value,
						bool first)
{
	char metric[NAME_SIZE];
	size_t kind = find_kind(name), len;

	copy_name(metric, name);
	if (kind == SETUPS)
	{
		write_setups(out, name + strlen(setups), value, first);
	}
	else if (kind < BY_REASON)
	{	/* nin3a_refused is the metric of the sum */
		len = strlen(by_reason[kind]);
		metric[len - 1] = '\0';
		if (first)
		{
			fprintf(out, "# TYPE " PREFIX "%s_reasons counter\n", metric);
		}
		fprintf(out, PREFIX "%s_reasons_total{reason=\"%s\"} %" PRIu64 "\n",
				metric, name + len, value);
	}
	else if (is_gauge(name))
	{
		fprintf(out, "# TYPE " PREFIX "%s gauge\n" PREFIX "%s %" PRIu64 "\n",
				metric, metric, value);
	}
	else
	{
		fprintf(out, "# TYPE " PREFIX "%s counter\n" PREFIX "%s_total %" PRIu64
				"\n", metric, metric, value);
	}
}

/**
 * Read an element of the reply to stats, if it is a number.
 */
static bool read_number(const wire_reader_t *reader,
						const wire_element_t *element, char name[NAME_SIZE],
						uint64_t *value)
{
	char metric[NAME_SIZE];

	if (element->type != WIRE_KEY_VALUE || reader->depth ||
		element->name.len >= NAME_SIZE ||
		!wire_number(element->value, UINT64_MAX, value))
	{
		return false;
	}
	memcpy(name, element->name.ptr, element->name.len);
	name[element->name.len] = '\0';
	return copy_name(metric, name);
}

/**
 * Write the value of a label, with its quotes.
 */
static void write_label(FILE *out, wire_octets_t value)
{
	size_t i;

	fputc('"', out);
	for (i = 0; i < value.len; i++)
	{
		if (value.ptr[i] >= ' ' && value.ptr[i] <= '~' &&
			value.ptr[i] != '"' && value.ptr[i] != '\\')
		{
			fputc(value.ptr[i], out);
		}
	}
	fputc('"', out);
}

/*
 * Described in header
 */
void metrics_text_version(FILE *out, const kupf_client_reply_t *reply)
{
	uint64_t uptime;
	size_t i;

	/* Prometheus' own text format, which this is as well, has no type info */
	fprintf(out, "# TYPE " PREFIX "build_info gauge\n" PREFIX "build_info{");
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
	{
		fprintf(out, "%s%s=", i ? "," : "", labels[i]);
		write_label(out, kupf_client_reply_get(reply, labels[i]));
	}
	fprintf(out, "} 1\n");
	if (wire_number(kupf_client_reply_get(reply, "uptime"), UINT64_MAX,
					&uptime))
	{
		fprintf(out, "# TYPE " PREFIX "uptime_seconds gauge\n"
				"# UNIT " PREFIX "uptime_seconds seconds\n"
				PREFIX "uptime_seconds %" PRIu64 "\n", uptime);
	}
}

/*
 * Described in header.  All samples of a metric have to follow each other:
 * those of many samples come one metric after the other.
 */
void metrics_text_stats(FILE *out, const kupf_client_reply_t *reply)
{
	wire_reader_t reader;
	wire_element_t element;
	char name[NAME_SIZE];
	uint64_t value;
	size_t kind;
	bool first;

	for (kind = 0; kind <= SETUPS; kind++)
	{
		first = true;
		reader = reply->message;
		while (wire_reader_next(&reader, &element))
		{
			if (read_number(&reader, &element, name, &value) &&
				find_kind(name) == kind)
			{
				write_value(out, name, value, first);
				first = false;
			}
		}
	}
}

/*
 * Described in header
 */
void metrics_text_end(FILE *out)
{
	fputs("# EOF\n", out);
}
