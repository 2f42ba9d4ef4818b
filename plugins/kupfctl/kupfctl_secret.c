/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_secret.h"
#include "kupfctl_output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/** Longest file: the longest text, CR and LF, and an octet that is too much */
#define FILE_MAX (KUPFCTL_HEX_MAX + 3)

/*
 * Described in header
 */
void kupfctl_secret_harden(void)
{
	struct rlimit none = { 0, 0 };

	/* best effort: what fails here leaves what the system does anyway */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
}

/*
 * Described in header
 */
void kupfctl_secret_warn(int fd, const char *path)
{
	struct stat st;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
		(st.st_mode & (S_IRGRP | S_IROTH)))
	{
		kupfctl_error("warning: %s contains keys and is readable by "
					  "others (mode %04o)", path,
					  (unsigned int)(st.st_mode & 07777));
	}
}

/**
 * Value of a hexadecimal digit, -1 if it is none.
 */
static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
	{
		return c - '0';
	}
	if (c >= 'a' && c <= 'f')
	{
		return c - 'a' + 10;
	}
	if (c >= 'A' && c <= 'F')
	{
		return c - 'A' + 10;
	}
	return -1;
}

static bool decode_hex(kupfctl_secret_t *secret, const char *text, size_t len)
{
	int high, low;
	size_t i;

	if (len % 2 || len / 2 > sizeof(secret->octets))
	{
		return false;
	}
	for (i = 0; i < len; i += 2)
	{
		high = hex_digit(text[i]);
		low = hex_digit(text[i + 1]);
		if (high < 0 || low < 0)
		{
			return false;
		}
		secret->octets[secret->len++] = high << 4 | low;
	}
	return true;
}

/**
 * Value of a base64 digit, -1 if it is none.
 */
static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
	{
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z')
	{
		return c - 'a' + 26;
	}
	if (c >= '0' && c <= '9')
	{
		return c - '0' + 52;
	}
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/**
 * Decode base64 (RFC 4648), with its padding or without it.
 */
static bool decode_base64(kupfctl_secret_t *secret, const char *text,
						  size_t len)
{
	uint32_t bits = 0;
	size_t i, padding = 0;
	int digit, have = 0;
	bool done = true;

	while (len && padding < 2 && text[len - 1] == '=')
	{
		len--;
		padding++;
	}
	if (len % 4 == 1 || (padding && (len + padding) % 4))
	{
		return false;
	}
	for (i = 0; done && i < len; i++)
	{
		digit = base64_digit(text[i]);
		done = digit >= 0;
		bits = bits << 6 | (digit & 0x3F);
		have += 6;
		if (have >= 8)
		{
			have -= 8;
			if (secret->len == sizeof(secret->octets))
			{
				done = false;
				break;
			}
			secret->octets[secret->len++] = bits >> have;
		}
	}
	/* bits left over have to be zero, or two texts were the same key */
	done = done && !(bits & ((1U << have) - 1));
	explicit_bzero(&bits, sizeof(bits));
	return done;
}

/*
 * Described in header
 */
bool kupfctl_secret_decode(kupfctl_secret_t *secret, const char *text,
						   size_t len)
{
	bool done = false;

	memset(secret, 0, sizeof(*secret));
	if (len >= 2 && text[0] == '0' && text[1] == 'x')
	{
		done = decode_hex(secret, text + 2, len - 2);
	}
	else if (len >= 2 && text[0] == '0' && text[1] == 's')
	{
		done = decode_base64(secret, text + 2, len - 2);
	}
	if (!done)
	{
		kupfctl_secret_wipe(secret);
	}
	return done;
}

/**
 * Read a whole file, or its first size octets; returns -1 on error.
 */
static ssize_t read_file(int fd, char *buf, size_t size)
{
	size_t have = 0;
	ssize_t len;

	while (have < size)
	{
		len = read(fd, buf + have, size - have);
		if (len < 0 && errno == EINTR)
		{
			continue;
		}
		if (len < 0)
		{
			return -1;
		}
		if (!len)
		{
			break;
		}
		have += len;
	}
	return have;
}

/**
 * Get the key out of the contents of a file.
 */
static bool parse_file(kupfctl_secret_t *secret, const char *buf, size_t len,
					   size_t max)
{
	if (len == KUPFCTL_KEY_MIN && !kupfctl_secret_decode(secret, buf, len))
	{
		memcpy(secret->octets, buf, len);
		secret->len = len;
		return true;
	}
	if (len && buf[len - 1] == '\n')
	{
		len--;
		if (len && buf[len - 1] == '\r')
		{
			len--;
		}
	}
	return kupfctl_secret_decode(secret, buf, len) &&
		   secret->len >= KUPFCTL_KEY_MIN && secret->len <= max;
}

/*
 * Described in header
 */
bool kupfctl_secret_read(kupfctl_secret_t *secret, const char *path,
						 size_t max)
{
	char buf[FILE_MAX];
	bool is_stdin, done;
	ssize_t len;
	int fd;

	memset(secret, 0, sizeof(*secret));
	is_stdin = !strcmp(path, "-");
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
	{
		kupfctl_error("cannot open key file %s: %s", path, strerror(errno));
		return false;
	}
	path = is_stdin ? "on standard input" : path;
	if (!is_stdin)
	{
		kupfctl_secret_warn(fd, path);
	}
	len = read_file(fd, buf, sizeof(buf));
	done = len >= 0;
	if (!done)
	{
		kupfctl_error("cannot read key file %s: %s", path, strerror(errno));
	}
	else if (!parse_file(secret, buf, len, max))
	{
		kupfctl_error("key file %s: expected %d raw octets, or text 0x<hex> "
					  "or 0s<base64> of %s octets", path, KUPFCTL_KEY_MIN,
					  max > KUPFCTL_KEY_MIN ? "32 to 64" : "32");
		done = false;
	}
	if (!is_stdin)
	{
		close(fd);
	}
	explicit_bzero(buf, sizeof(buf));
	if (!done)
	{
		kupfctl_secret_wipe(secret);
	}
	return done;
}

/*
 * Described in header
 */
void kupfctl_secret_add(const kupfctl_secret_t *secret,
						wire_writer_t *request, const char *field)
{
	char text[KUPFCTL_HEX_MAX + 1];
	size_t len;

	len = kupfctl_secret_hex(secret->octets, secret->len, text);
	wire_writer_value(request, field, wire_octets(text, len));
	explicit_bzero(text, sizeof(text));
}

/*
 * Described in header
 */
size_t kupfctl_secret_hex(const uint8_t *octets, size_t len,
						  char text[KUPFCTL_HEX_MAX + 1])
{
	static const char digits[] = "0123456789abcdef";
	size_t i, pos = 0;

	text[pos++] = '0';
	text[pos++] = 'x';
	for (i = 0; i < len; i++)
	{
		text[pos++] = digits[octets[i] >> 4];
		text[pos++] = digits[octets[i] & 0x0F];
	}
	text[pos] = '\0';
	return pos;
}

/*
 * Described in header
 */
void kupfctl_secret_wipe(kupfctl_secret_t *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}
