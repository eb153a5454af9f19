/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mkqnapimg: what its parts share
 *
 * The generator writes what the reader has to read, and has no code of the reader's but the CRCs:
 * a mistake in one of them must not be made up for by the same mistake in the other. What goes
 * wrong ends the program.
 */

#ifndef _QNAPVOL_GEN_H
#define _QNAPVOL_GEN_H

#include <json-c/json.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <stdnoreturn.h>
#include <string.h>

#define SECTOR	512
#define KIB	1024ull
#define MIB	(1024 * KIB)

#define PLACES_MAX	64
#define MEMBERS_MAX	24
#define PATH_SIZE	4096
#define NAME_SIZE	64
#define ID_SIZE		33
#define UUID_BYTES	16

/**
 * struct image - a sparse file
 * @path: its path
 * @fd: open for reading and writing
 * @size: in bytes
 */
struct image {
	char *path;
	int fd;
	u64 size;
};

/**
 * struct place - a piece of an image, that has a name
 * @name: "1" is the first disk, "1:3" its third partition, "md1" an array
 * @image: where it is
 * @start: where in it
 * @size: in bytes
 */
struct place {
	char name[NAME_SIZE];
	struct image *image;
	u64 start;
	u64 size;
};

/* Numbers as they are on disks: little-endian, at any address. */

static inline void put16(void *p, u16 value)
{
	u8 *b = p;

	b[0] = value;
	b[1] = value >> 8;
}

static inline void put32(void *p, u32 value)
{
	u8 *b = p;

	put16(b, value);
	put16(b + 2, value >> 16);
}

static inline void put64(void *p, u64 value)
{
	u8 *b = p;

	put32(b, value);
	put32(b + 4, value >> 32);
}

static inline u64 round_up(u64 value, u64 unit)
{
	return (value + unit - 1) / unit * unit;
}

static inline u64 round_down(u64 value, u64 unit)
{
	return value / unit * unit;
}

/* gen-util.c */
noreturn void die(const char *format, ...) __printf(1, 2);
void *must_alloc(size_t num, size_t size);
char *must_text(const char *format, ...) __printf(1, 2);
void run(const char *format, ...) __printf(1, 2);

/* gen-random.c */
void random_seed(u64 seed);
u64 random_number(void);
u64 random_below(u64 limit);
void random_bytes(void *buf, size_t len);
void random_id(char *id);

/* gen-json.c: what a description says; there is a default for all that may be left out */
struct json_object *json_load(const char *path);
struct json_object *get(struct json_object *in, const char *key);
struct json_object *get_list(struct json_object *in, const char *key);
const char *get_text(struct json_object *in, const char *key, const char *by_default);
u64 get_number(struct json_object *in, const char *key, u64 by_default);
bool get_bool(struct json_object *in, const char *key, bool by_default);
u64 to_number(struct json_object *value);
void check_keys(struct json_object *in, const char *where, const char *keys);

/* gen-image.c */
struct image *image_new(u64 size, const char *format, ...) __printf(2, 3);
void image_read(const struct image *image, void *buf, size_t len, u64 start);
void image_write(const struct image *image, const void *buf, size_t len, u64 start);
bool image_next_data(const struct image *image, u64 *start);
bool is_zero(const void *buf, size_t len);
void place_write(const struct place *place, const void *buf, size_t len, u64 start);
void place_copy(const struct place *place, const struct image *from);
struct place *place_add(const char *name, struct image *image, u64 start, u64 size);
struct place *place_find(const char *name);

/* gen-disk.c */
void disks_make(struct json_object *description, const char *directory);
void disks_finish(struct json_object *description);

/* gen-md.c */

/**
 * struct member - a member of an array
 * @place: where it is
 * @role: its number among those with data
 * @spare: it has no data
 * @stale: so many events behind the others
 * @rebuilding: it is being rebuilt, and that much of it is good
 * @bad_start: range that md knows to be bad
 * @bad_size: how long that is, or 0
 */
struct member {
	struct place *place;
	unsigned int role;
	bool spare;
	u64 stale;
	u64 rebuilding;
	u64 bad_start;
	u64 bad_size;
};

/**
 * struct array - an md array
 * @name: its name without "md"
 * @level: 0, 1, 4, 5, 6, 10, or -1: linear
 * @version: of the superblock: 0 is 0.90, 10 is 1.0, 11 is 1.1, 12 is 1.2
 * @layout: as md has it
 * @chunk: length of a chunk
 * @disks: members with data that there should be
 * @members: those that there are
 * @num_members: how many
 * @component: how much of each member is used
 * @data_start: where in each member the data begins
 * @bitmap: there is a write-intent bitmap
 * @flex: QNAP's mark of arrays with disks of unequal size
 * @features: bits to be set in the feature map, for what cannot be read
 * @events: how often the superblock was written
 * @uuid: of the array
 * @content: what is in the array, as it has to be read
 */
struct array {
	char name[NAME_SIZE];
	int level;
	int version;
	u32 layout;
	u64 chunk;
	unsigned int disks;
	struct member members[MEMBERS_MAX];
	unsigned int num_members;
	u64 component;
	u64 data_start;
	bool bitmap;
	u32 flex;
	u32 features;
	u64 events;
	u8 uuid[UUID_BYTES];
	struct image *content;
};

void arrays_make(struct json_object *description, const char *directory);
void arrays_finish(void);
/* gen-md-super.c */
u64 md_room(const struct array *array, u64 member_size);
void md_write_super(const struct array *array, const struct member *member);
/* gen-stripe.c */
void md_distribute(const struct array *array);

/* gen-marks.c: what is found at fixed places, and has no layer of its own here */
#define DRBD_ROOM	MIB
void drbd_write(const struct place *place, bool unclean);
void swap_write(const struct place *place);
void zfs_write(const struct place *place);
void flashcache_write(const struct place *place, u32 state, u64 blocks);

/* gen-aes.c, gen-luks.c */
void xts_encrypt(const u8 *key, u64 number, u8 *sector);
void luks_write(const struct image *image, struct json_object *content);

/* gen-content.c: what is in volumes */
struct image *content_make(struct json_object *content, u64 size, const char *path);

/* gen-lvm.c */

#define SEGMENTS_MAX	64
#define PHYSICALS_MAX	16
#define VOLUMES_MAX	128

/**
 * struct area - extents that lie one behind the other
 * @physical: number of the physical volume
 * @start: the first of them
 */
struct area {
	unsigned int physical;
	u64 start;
};

/**
 * struct segment - a part of a logical volume
 * @start: its first extent in the volume
 * @count: how many extents
 * @areas: where it is: one area, or that many stripes
 * @stripes: how many
 */
struct segment {
	u64 start;
	u64 count;
	struct area areas[4];
	unsigned int stripes;
};

/**
 * struct lv - a logical volume
 * @group: group that it is in
 * @name: its name
 * @id: LVM's identifier
 * @hidden: a part of something else
 * @flags: as in the text: "\"ERROR_WHEN_FULL\"", or ""
 * @extents: its size
 * @segments: where it is, or none if @text says what it is
 * @num_segments: how many
 * @stripe_size: of striped segments
 * @text: what its one segment says, if it is not on physical volumes
 */
struct lv {
	struct group *group;
	char name[NAME_SIZE];
	char id[ID_SIZE];
	bool hidden;
	const char *flags;
	u64 extents;
	struct segment segments[SEGMENTS_MAX];
	unsigned int num_segments;
	u64 stripe_size;
	const char *text;
};

/**
 * struct physical - a physical volume
 * @place: where it is
 * @id: LVM's identifier
 * @hint: device that it was on in the box
 * @start: where its first extent begins
 * @extents: how many it has
 * @next: the first that is free
 */
struct physical {
	struct place *place;
	char id[ID_SIZE];
	const char *hint;
	u64 start;
	u64 extents;
	u64 next;
};

/**
 * struct group - a volume group
 * @name: its name
 * @id: LVM's identifier
 * @extent: length of an extent
 * @physicals: its physical volumes
 * @num_physicals: how many
 * @volumes: its logical volumes
 * @num_volumes: how many
 * @generations: descriptions in the ring
 * @sequence: number of the latest
 * @wrap: the latest begins at the end of the ring and ends at its beginning
 * @comments: comments are in the text
 * @lost_text: the descriptions on the disks are lost
 * @first: physical volume that is the first to be used
 */
struct group {
	char name[NAME_SIZE];
	char id[ID_SIZE];
	u64 extent;
	struct physical physicals[PHYSICALS_MAX];
	unsigned int num_physicals;
	struct lv *volumes[VOLUMES_MAX];
	unsigned int num_volumes;
	unsigned int generations;
	u32 sequence;
	bool wrap;
	bool comments;
	bool lost_text;
	unsigned int first;
};

void groups_make(struct json_object *description, const char *directory);
struct lv *lv_new(struct group *group, const char *name, u64 size);
struct lv *lv_linear(struct group *group, const char *name, u64 size, bool hidden);
void lv_allocate(struct lv *lv, unsigned int pieces, unsigned int stripes);
void lv_write(const struct lv *lv, const void *buf, size_t len, u64 start);
void lv_read(const struct lv *lv, void *buf, size_t len, u64 start);
void lv_copy(const struct lv *lv, const struct image *from);
u64 lv_size(const struct lv *lv);
/* gen-lvm-text.c */
char *lvm_text(const struct group *group, u32 sequence, unsigned int volumes, bool file);
/* gen-lvm-label.c */
void lvm_write_label(const struct group *group, unsigned int number);

/* gen-thin.c */
void pool_make(struct group *group, struct json_object *description, const char *directory);

/* gen-truth.c */
struct json_object *truth_add(const char *name, const struct image *image,
			      struct json_object *description);
void truth_write(struct json_object *description, const char *directory);

#endif /* _QNAPVOL_GEN_H */
