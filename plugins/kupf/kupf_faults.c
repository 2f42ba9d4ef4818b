/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_faults.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct fault_t fault_t;

/**
 * A fault.
 */
struct fault_t {
	/** plugin whose settings it is in */
	const char *plugin;
	/** whether it is an error */
	bool wrong;
	/** sentence */
	char text[KUPF_FAULT_SIZE];
};

/** Faults, of which there are so many */
static fault_t faults[KUPF_FAULTS_MAX];
static u_int count;

/** Guards them: a plugin that did not load has nobody who could destroy it */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/*
 * Described in header
 */
void kupf_faults_forget(const char *plugin)
{
	u_int i, kept = 0;

	pthread_mutex_lock(&mutex);
	for (i = 0; i < count; i++)
	{
		if (!streq(faults[i].plugin, plugin))
		{
			faults[kept++] = faults[i];
		}
	}
	count = kept;
	pthread_mutex_unlock(&mutex);
}

/*
 * Described in header
 */
void kupf_faults_add(const char *plugin, bool wrong, const char *fmt, ...)
{
	fault_t fault = {
		.plugin = plugin,
		.wrong = wrong,
	};
	va_list args;

	va_start(args, fmt);
	vsnprintf(fault.text, sizeof(fault.text), fmt, args);
	va_end(args);

	DBG1(DBG_CFG, "%s: %s", plugin, fault.text);

	pthread_mutex_lock(&mutex);
	if (count < countof(faults))
	{
		faults[count++] = fault;
	}
	pthread_mutex_unlock(&mutex);
}

/*
 * Described in header
 */
void kupf_faults_report(kupf_faults_cb_t cb, void *user)
{
	u_int i;

	pthread_mutex_lock(&mutex);
	for (i = 0; i < count; i++)
	{
		cb(user, faults[i].wrong, faults[i].text);
	}
	pthread_mutex_unlock(&mutex);
}
