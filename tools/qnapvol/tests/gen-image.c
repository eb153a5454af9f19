// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: sparse files, and named pieces of them */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gen.h"

#define COPY_UNIT	(64 * KIB)

static struct place places[PLACES_MAX];
static unsigned int num_places;

/* Opens the file, and creates it if it is not there. It gets that size if that is not 0. */
struct image *image_new(u64 size, const char *format, ...)
{
	struct image *image = must_alloc(1, sizeof(*image));
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vasprintf(&image->path, format, arguments);
	va_end(arguments);
	if (len < 0)
		die("no memory");

	image->fd = open(image->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (image->fd < 0 || (size && ftruncate(image->fd, size)))
		die("%s: %s", image->path, strerror(errno));
	image->size = size ?: (u64)lseek(image->fd, 0, SEEK_END);

	return image;
}

void image_read(const struct image *image, void *buf, size_t len, u64 start)
{
	if (start + len > image->size || pread(image->fd, buf, len, start) != (ssize_t)len)
		die("%s: cannot read %zu bytes at %llu", image->path, len,
		    (unsigned long long)start);
}

void image_write(const struct image *image, const void *buf, size_t len, u64 start)
{
	if (start + len > image->size || pwrite(image->fd, buf, len, start) != (ssize_t)len)
		die("%s: cannot write %zu bytes at %llu", image->path, len,
		    (unsigned long long)start);
}

/* Moves on to where data may be. Returns false if there is none. */
bool image_next_data(const struct image *image, u64 *start)
{
	off_t found = lseek(image->fd, *start, SEEK_DATA);

	if (found < 0)
		return false;
	*start = found;

	return *start < image->size;
}

bool is_zero(const void *buf, size_t len)
{
	const u8 *bytes = buf;

	return !len || (!bytes[0] && !memcmp(bytes, bytes + 1, len - 1));
}

void place_write(const struct place *place, const void *buf, size_t len, u64 start)
{
	if (start + len > place->size)
		die("%s: %zu bytes at %llu are beyond its end", place->name, len,
		    (unsigned long long)start);
	image_write(place->image, buf, len, place->start + start);
}

/* Zeros are not written. */
void place_copy(const struct place *place, const struct image *from)
{
	u8 buf[COPY_UNIT];
	size_t len;

	for (u64 start = 0; image_next_data(from, &start); start += len) {
		len = from->size - start < sizeof(buf) ? from->size - start : sizeof(buf);
		image_read(from, buf, len, start);
		if (!is_zero(buf, len))
			place_write(place, buf, len, start);
	}
}

struct place *place_add(const char *name, struct image *image, u64 start, u64 size)
{
	struct place *place = &places[num_places++];

	if (num_places > PLACES_MAX)
		die("too many places");
	snprintf(place->name, sizeof(place->name), "%s", name);
	place->image = image;
	place->start = start;
	place->size = size;

	return place;
}

struct place *place_find(const char *name)
{
	for (unsigned int i = 0; i < num_places; i++) {
		if (!strcmp(places[i].name, name))
			return &places[i];
	}
	die("there is no place \"%s\"", name);
}
