/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Replays files, or all files of directories, through a fuzz target: each as
 * it is, and with its octets changed one by one, unless libFuzzer has found it:
 * such inputs are what came of changes.  Instead of libFuzzer, which only clang
 * has.
 *
 *   fuzz_... [FILE | DIRECTORY ...]      default: $FUZZ_CORPUS/TARGET
 */

#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/** Longest input */
#define INPUT_MAX (1024 * 1024)

/** Inputs up to this length are also tried with changes */
#define CHANGED_MAX 2048

/** Inputs tried */
static unsigned tried;

/**
 * Try an input, in memory that has no octet more.
 */
static void try(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	copy = malloc(size + 1);
	memcpy(copy + 1, data, size);
	LLVMFuzzerTestOneInput(copy + 1, size);
	free(copy);
	tried++;
}

/**
 * Change each octet to a few others, and cut the input off behind it.
 */
static void try_changed(uint8_t *data, size_t size)
{
	static const uint8_t masks[] = { 0x01, 0x02, 0x04, 0x80, 0xff };
	uint8_t octet;
	size_t i, j;

	for (i = 0; i < size; i++)
	{
		octet = data[i];
		for (j = 0; j < sizeof(masks); j++)
		{
			data[i] = octet ^ masks[j];
			try(data, size);
		}
		data[i] = octet;
		try(data, i);
	}
}

/**
 * Whether a file has a name that libFuzzer gives: a SHA-1 in hexadecimal.
 */
static int is_found(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	return strlen(name) == 40 && strspn(name, "0123456789abcdef") == 40;
}

static int replay_file(const char *path)
{
	uint8_t *data;
	size_t size;
	FILE *file;

	file = fopen(path, "rb");
	if (!file)
	{
		perror(path);
		return 1;
	}
	data = malloc(INPUT_MAX);
	size = fread(data, 1, INPUT_MAX, file);
	fclose(file);
	/* its name, in case that it does not come back */
	fprintf(stderr, "%s\n", path);
	try(data, size);
	if (size <= CHANGED_MAX && !is_found(path))
	{
		try_changed(data, size);
	}
	free(data);
	return 0;
}

static int replay(const char *path)
{
	char name[4096];
	struct dirent *entry;
	struct stat st;
	int failed = 0;
	DIR *dir;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
	{
		return replay_file(path);
	}
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
	{
		if (entry->d_name[0] != '.')
		{
			snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
			failed += replay_file(name);
		}
	}
	if (dir)
	{
		closedir(dir);
	}
	return failed;
}

int main(int argc, char *argv[])
{
	const char *corpus = getenv("FUZZ_CORPUS");
	char path[4096];
	int i, failed = 0;

	LLVMFuzzerInitialize(&argc, &argv);
	if (argc < 2 && corpus)
	{
		snprintf(path, sizeof(path), "%s/%s", corpus, fuzz_target);
		failed = replay(path);
	}
	for (i = 1; i < argc; i++)
	{
		failed += replay(argv[i]);
	}
	printf("%u inputs\n", tried);
	/* nothing to replay is a mistake, not a success */
	return failed || !tried;
}
