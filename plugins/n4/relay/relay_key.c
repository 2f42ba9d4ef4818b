/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Longest content: "0x", digits, newline, and one more to notice others */
#define CONTENT_MAX (2 + 2 * KUPF_N4_WRAPPING_KEY + 1 + 1)

/**
 * Value of a hexadecimal digit, -1 if it is none.
 */
static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
		   c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		   c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/**
 * Read the digits of a key.
 */
static bool parse(const char *text, size_t len, uint8_t *key)
{
	size_t i;

	if (len && text[len - 1] == '\n')
	{
		len--;
	}
	if (len > 2 && text[0] == '0' && text[1] == 'x')
	{
		text += 2;
		len -= 2;
	}
	if (len != 2 * KUPF_N4_WRAPPING_KEY)
	{
		return false;
	}
	for (i = 0; i < KUPF_N4_WRAPPING_KEY; i++)
	{
		if (digit(text[2 * i]) < 0 || digit(text[2 * i + 1]) < 0)
		{
			return false;
		}
		key[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
	}
	return true;
}

/**
 * What is wrong with an open file, NULL if all is right.
 */
static const char *check(int fd)
{
	struct stat about;

	if (fstat(fd, &about) || !S_ISREG(about.st_mode))
	{
		return "is no file";
	}
	if (about.st_mode & (S_IRWXG | S_IRWXO))
	{
		return "others than its owner may use the file, expected mode 0600";
	}
	if (about.st_uid != 0 && about.st_uid != geteuid())
	{
		return "belongs to somebody else";
	}
	return NULL;
}

/*
 * Described in header
 */
const char *relay_key_open(const char *path, int *fd)
{
	const char *wrong;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
	{
		return strerror(errno);
	}
	wrong = check(*fd);
	if (wrong)
	{
		close(*fd);
		*fd = -1;
	}
	return wrong;
}

/*
 * Described in header
 */
const char *relay_key_read(const char *path, uint8_t *key)
{
	char text[CONTENT_MAX];
	const char *wrong;
	ssize_t len;
	bool good;
	int fd;

	wrong = relay_key_open(path, &fd);
	if (wrong)
	{
		return wrong;
	}
	len = read(fd, text, sizeof(text));
	close(fd);
	good = len > 0 && parse(text, len, key);
	explicit_bzero(text, sizeof(text));
	return good ? NULL : "expected 64 hexadecimal digits";
}
