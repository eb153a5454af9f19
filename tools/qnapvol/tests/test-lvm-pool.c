// SPDX-License-Identifier: GPL-2.0-only
/* Tests of what LVM tells the layer of thin pools; that one is made up here: see the Makefile */

#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "lvm-scan.h"
#include "lvm.h"
#include "memory.h"
#include "thin.h"

#define CHUNK		65536
#define TRANSACTION	5

/* The layer of thin pools */

struct qv_thin_pool {
	struct qv_thin_config config;
	struct qv_dev *origin;
};

static struct qv_thin_pool the_pool;
static int open_error;
static unsigned int num_opened;
static unsigned int num_checked;

int __wrap_qv_thin_pool_open(struct qv *qv, const struct qv_thin_config *config,
			     struct qv_pool_info *info, struct qv_thin_pool **pool)
{
	num_opened++;
	the_pool = (struct qv_thin_pool){ .config = *config };
	if (open_error)
		return qv_fail(qv, open_error, "%s: version 5 is not supported", config->name);
	info->chunk = CHUNK;
	info->transaction = TRANSACTION;
	info->superblock = config->superblock;
	*pool = &the_pool;

	return 0;
}

void __wrap_qv_thin_pool_free(struct qv_thin_pool *pool)
{
	(void)pool;
}

/* Volume 1; 2, which is a snapshot of it; 3, which is of another transaction. */
int __wrap_qv_thin_find(struct qv_thin_pool *pool, u32 id, struct qv_thin_device *device)
{
	if (!id || id > 3)
		return qv_fail(pool->config.metadata->qv, QV_ERR_NOT_FOUND,
			       "%s: the metadata has no volume %u", pool->config.name, id);

	*device = (struct qv_thin_device){
		.id = id,
		.mapped = 10 * id,
		.transaction = id == 3 ? 4 : id,
		.is_snapshot = id == 2,
		.origin = 1,
	};

	return 0;
}

struct qv_dev *__wrap_qv_thin_new(struct qv_thin_pool *pool, u32 id, u64 size,
				  struct qv_dev *origin, const char *name)
{
	(void)id;
	pool->origin = origin;

	return zero_new(pool->config.metadata->qv, size, name);
}

void __wrap_qv_thin_check_map(struct qv_thin_pool *pool, struct qv_item *item)
{
	if (pool == &the_pool && item->dev)
		num_checked++;
}

/* Groups */

static void part_on(const char *name, const char *pv, unsigned int extent)
{
	lvm_text_lv(name, false, 1);
	lvm_text_segment(0, 2, "type = \"striped\"\nstripe_count = 1\nstripes = [\"%s\", %u]", pv,
			 extent);
}

static void part(const char *name, unsigned int extent)
{
	part_on(name, "pv0", extent);
}

static void void_part(const char *name, const char *type)
{
	lvm_text_lv(name, false, 1);
	lvm_text_segment(0, 2, "type = \"%s\"", type);
}

static void pool(const char *type, const char *keys)
{
	lvm_text_lv("tp1", false, 1);
	lvm_text_segment(0, 20, "type = \"%s\"\n%s\ntransaction_id = %u\nchunk_size = 128\n"
			 "discards = \"passdown\"\nzero_new_blocks = 1\n"
			 "message1 {\ncreate = \"lv1\"\n}", type, keys, TRANSACTION);
}

static void thin(const char *name, const char *type, unsigned int device, const char *keys)
{
	lvm_text_lv(name, true, 1);
	lvm_text_segment(0, 30, "type = \"%s\"\nthin_pool = \"tp1\"\ntransaction_id = 1\n"
			 "device_id = %u\n%s", type, device, keys);
}

static struct qv *scan_pool(const struct qv_options *options, bool second)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct lvm_image other = lvm_image_new(PV1, PV_SECTORS * QV_SECTOR, AREA);
	struct qv *qv = qv_new();

	lvm_image_commit(&image, lvm_text_end());
	lvm_image_add(qv, &image, 0);
	if (second)
		lvm_image_add(qv, &other, 1);
	free(image.bytes);
	free(other.bytes);
	num_opened = 0;
	num_checked = 0;
	if (qv_lvm_scan(qv, options ?: &(struct qv_options){ }))
		ktap_remark("error", qv_error_text(qv));

	return qv;
}

static bool is(const struct qv_dev *dev, const char *name)
{
	if (!dev)
		return !name;

	return name && !strcmp(qv_dev_name(dev), name);
}

static bool tiers_are(const char *first, const char *second, const char *third)
{
	const struct qv_thin_config *config = &the_pool.config;

	return is(config->tiers[0], first) && is(config->tiers[1], second) &&
	       is(config->tiers[2], third);
}

/* What a pool lies on */

static void test_stock(void)
{
	const struct qv_options options = { .tier_map = QV_TIER_TREE, .superblock = 7 };
	const struct qv_thin_config *config = &the_pool.config;
	const struct qv_item *item;
	struct qv *qv;

	begin(1);
	pool("thin-pool", "metadata = \"meta\"\npool = \"data\"\nspare = \"other\"");
	part("meta", 0);
	part("data", 2);
	part("other", 4);
	qv = scan_pool(&options, true);
	item = qv_find(qv, "vg1/tp1");
	ktap_check(warns(item, "backup superblock in block 7"), "an old superblock");
	ktap_check(item && item->kind == QV_ITEM_POOL &&
		   item->size == 20 * 4096 && !strcmp(item->pool.type, "thin-pool") &&
		   item->pool.chunk == CHUNK, "a pool");
	ktap_check(!config->has_tiers && is(config->metadata, "vg1/meta") &&
		   tiers_are("vg1/data", NULL, NULL), "a pool without tiers");
	ktap_check(config->chunk == CHUNK && config->transaction == TRANSACTION &&
		   config->map == QV_TIER_TREE && config->superblock == 7 && num_opened == 1,
		   "what is known of it");
	ktap_check(qv_find(qv, "vg1/meta")->parent == item &&
		   qv_find(qv, "vg1/meta")->volume.hidden &&
		   qv_find(qv, "vg1/other")->parent == item->parent, "its parts are below it");
	qv_free(qv);
}

static void test_tiers_by_name(void)
{
	struct qv *qv;

	begin(1);
	pool("tier-thin-pool", "enable_map = 4\nbypass = 1\nsomething = [ \"other\", 3 ]");
	part("tp1_tmeta", 0);
	void_part("tp1_tierdata_0", "error");
	void_part("tp1_tierdata_1", "zero");
	part("tp1_tierdata_2", 2);
	part("other", 4);
	qv = scan_pool(NULL, true);
	ktap_check(the_pool.config.has_tiers && is(the_pool.config.metadata, "vg1/tp1_tmeta") &&
		   tiers_are(NULL, NULL, "vg1/tp1_tierdata_2") && !the_pool.config.missing[0] &&
		   !the_pool.config.missing[2], "tiers by their names; those of no data are none");
	ktap_check(qv_find(qv, "vg1/tp1")->state == QV_READABLE, "the pool can be read");
	qv_free(qv);
}

static void test_tiers_by_order(void)
{
	struct qv *qv;

	begin(1);
	pool("tier-thin-pool", "tmeta = 3\nmetadata = \"m\"\nx = \"ssd\"\n"
	     "data = [\"m\", \"nothing\", \"tp1\", \"lv1\", \"ssd\", \"hdd\"]");
	part("ssd", 4);
	part("hdd", 2);
	part("m", 0);
	thin("lv1", "thin", 1, "");
	qv = scan_pool(NULL, true);
	ktap_check(the_pool.config.has_tiers && tiers_are("vg1/ssd", "vg1/hdd", NULL),
		   "tiers in the order of the text");
	qv_free(qv);
}

static void test_missing_tier(void)
{
	struct qv *qv;

	begin(1);
	pool("tier-thin-pool", "");
	part("tp1_tmeta", 0);
	part_on("tp1_tierdata_0", "pv1", 2);
	part("tp1_tierdata_2", 2);
	thin("lv1", "thin", 1, "");
	qv = scan_pool(NULL, false);
	ktap_check(the_pool.config.missing[0] && !the_pool.config.missing[2] &&
		   tiers_are(NULL, NULL, "vg1/tp1_tierdata_2"), "a tier is missing");
	ktap_check(warns(qv_find(qv, "vg1/lv1"), "pv1 is missing"), "its volumes warn of it");
	qv_free(qv);
}

static void test_cached_tier(void)
{
	struct qv *qv;

	begin(1);
	pool("tier-thin-pool", "");
	part("tp1_tmeta", 0);
	void_part("tp1_tierdata_2", "flashcache");
	part("tp1_tierdata_2_fcorig", 2);
	thin("lv1", "thin", 1, "");
	qv = scan_pool(NULL, true);
	ktap_check(tiers_are(NULL, NULL, "vg1/tp1_tierdata_2") &&
		   warns(qv_find(qv, "vg1/lv1"), "SSD cache"), "a tier with a cache");
	ktap_check(qv_find(qv, "vg1/tp1_tierdata_2_fcorig")->parent == qv_find(qv, "vg1/tp1"),
		   "what is below the cache is below the pool");
	qv_free(qv);
}

static void test_lost(const char *metadata, const char *data, enum qv_error error,
		      const char *why)
{
	struct qv *qv;

	begin(1);
	pool("thin-pool", "");
	if (metadata)
		part_on("tp1_tmeta", metadata, 0);
	if (data)
		part_on("tp1_tdata", data, 2);
	thin("lv1", "thin", 1, "");
	qv = scan_pool(NULL, false);
	ktap_check(fails(qv_find(qv, "vg1/tp1"), error, why) &&
		   fails(qv_find(qv, "vg1/lv1"), error, why) && !num_opened, why);
	qv_free(qv);
}

static void test_not_opened(void)
{
	struct qv *qv;

	begin(1);
	pool("thin-pool", "");
	part("tp1_tmeta", 0);
	part("tp1_tdata", 2);
	thin("lv1", "thin", 1, "");
	thin("lv2", "thin", 2, "");
	open_error = QV_ERR_UNSUPPORTED;
	qv = scan_pool(NULL, true);
	open_error = 0;
	ktap_check(fails(qv_find(qv, "vg1/tp1"), QV_ERR_UNSUPPORTED, "version 5") &&
		   !strstr(qv_find(qv, "vg1/tp1")->why, "vg1"), "a pool that cannot be opened");
	ktap_check(fails(qv_find(qv, "vg1/lv1"), QV_ERR_UNSUPPORTED, "vg1/tp1: version 5") &&
		   fails(qv_find(qv, "vg1/lv2"), QV_ERR_UNSUPPORTED, "vg1/tp1: version 5") &&
		   num_opened == 1, "its volumes say the same");
	qv_free(qv);
}

/* Volumes */

static struct qv *scan_volumes(void)
{
	begin(1);
	thin("lv1", "thick", 1, "");
	thin("snap1", "thin", 2, "");
	thin("snap2", "thin", 1, "origin = \"lv1\"");
	thin("gone", "thin", 4, "");
	thin("large", "thin", 16777216, "");
	thin("based", "thin", 1, "external_origin = \"base\"");
	thin("lost", "thin", 1, "external_origin = \"far\"");
	thin("odd", "thin", 1, "external_origin = \"odd\"");
	thin("nothing", "thin", 1, "external_origin = \"nobody\"");
	pool("thin-pool", "metadata = \"tp1_tmeta\"\npool = \"tp1_tdata\"");
	part("tp1_tmeta", 0);
	part("tp1_tdata", 2);
	part("base", 6);
	part_on("far", "pv1", 6);
	lvm_text_lv("stray", true, 1);
	lvm_text_segment(0, 1, "type = \"thin\"\nthin_pool = \"base\"\ndevice_id = 1");

	return scan_pool(NULL, false);
}

static void test_volumes(void)
{
	struct qv *qv = scan_volumes();
	const struct qv_item *lv = qv_find(qv, "vg1/lv1"), *snap = qv_find(qv, "vg1/snap1");

	ktap_check(lv && lv->dev && lv->state == QV_READABLE && lv->size == 30 * 4096 &&
		   lv->volume.thin && lv->volume.device == 1 && !lv->volume.snapshot &&
		   lv->volume.mapped == 10 * CHUNK && lv->volume.transaction == 1 &&
		   !strcmp(lv->volume.type, "thick"), "a thick volume");
	ktap_check(lv->parent == qv_find(qv, "vg1/tp1"), "it is in its pool");
	ktap_check(snap->volume.snapshot && !strcmp(snap->volume.origin, "vg1/lv1"),
		   "a snapshot as of the metadata");
	snap = qv_find(qv, "vg1/snap2");
	ktap_check(snap->volume.snapshot && !strcmp(snap->volume.origin, "vg1/lv1"),
		   "a snapshot as of the text");
	ktap_check(fails(qv_find(qv, "vg1/gone"), QV_ERR_NOT_FOUND, "no volume 4"),
		   "a volume that is not in the metadata");
	ktap_check(fails(qv_find(qv, "vg1/large"), QV_ERR_DAMAGED, "makes no sense"),
		   "a number of more than 24 bits");
	ktap_check(fails(qv_find(qv, "vg1/stray"), QV_ERR_DAMAGED, "pool is not described"),
		   "a volume without a pool");
	ktap_check(qv_find(qv, "vg1/based")->dev, "a volume based on another");
	ktap_check(fails(qv_find(qv, "vg1/lost"), QV_ERR_INCOMPLETE, "far, which it is based on"),
		   "a volume based on one that is missing");
	ktap_check(fails(qv_find(qv, "vg1/odd"), QV_ERR_DAMAGED, "it lies on itself"),
		   "a volume based on itself");
	ktap_check(fails(qv_find(qv, "vg1/nothing"), QV_ERR_DAMAGED, "not described"),
		   "a volume based on nothing");
	qv_free(qv);
}

static void test_external_origin(void)
{
	struct qv *qv;

	begin(1);
	thin("based", "thin", 1, "external_origin = \"base\"");
	pool("thin-pool", "metadata = \"tp1_tmeta\"\npool = \"tp1_tdata\"");
	part("tp1_tmeta", 0);
	part("tp1_tdata", 2);
	part("base", 6);
	qv = scan_pool(NULL, true);
	ktap_check(is(the_pool.origin, "vg1/base"), "the origin is handed over");
	ktap_check(num_checked == 1, "what the volume begins with is checked");
	qv_free(qv);
}

static void test_transactions(void)
{
	struct qv *qv;

	begin(1);
	lvm_text_lv("tp1", false, 1);
	lvm_text_segment(0, 20, "type = \"thin-pool\"\ntransaction_id = 4");
	part("tp1_tmeta", 0);
	part("tp1_tdata", 2);
	thin("lv1", "thin", 1, "");
	thin("lv3", "thin", 3, "");
	qv = scan_pool(NULL, true);
	ktap_check(qv_find(qv, "vg1/lv1")->state == QV_READABLE, "a volume older than the text");
	ktap_check(warns(qv_find(qv, "vg1/lv3"), "it may be another one"),
		   "a volume whose number was used again");
	qv_free(qv);
}

/* What no text of LVM has must not hang or crash. */
static void test_circles(void)
{
	struct qv *qv;

	begin(1);
	pool("thin-pool", "metadata = \"lv1\"\npool = \"lv1\"");
	thin("lv1", "thin", 1, "");
	qv = scan_pool(NULL, true);
	ktap_check(fails(qv_find(qv, "vg1/tp1"), QV_ERR_DAMAGED, "itself") &&
		   fails(qv_find(qv, "vg1/lv1"), QV_ERR_DAMAGED, ""), "a pool in itself");
	qv_free(qv);

	begin(1);
	pool("thin-pool", "metadata = \"tp1\"\npool = \"tp1_tdata\"");
	part("tp1_tdata", 2);
	thin("lv1", "thin", 1, "");
	qv = scan_pool(NULL, true);
	ktap_check(fails(qv_find(qv, "vg1/tp1"), QV_ERR_DAMAGED, "where its metadata is"),
		   "a pool that is its own metadata");
	qv_free(qv);
}

int main(void)
{
	ktap_begin();
	test_stock();
	test_tiers_by_name();
	test_tiers_by_order();
	test_missing_tier();
	test_cached_tier();
	test_lost("pv1", "pv0", QV_ERR_INCOMPLETE, "its metadata, vg1/tp1_tmeta: ");
	test_lost("pv0", "pv1", QV_ERR_INCOMPLETE, "its data, vg1/tp1_tdata: ");
	test_lost(NULL, "pv0", QV_ERR_DAMAGED, "does not say where its metadata is");
	test_lost("pv0", NULL, QV_ERR_DAMAGED, "does not say where its data is");
	test_not_opened();
	test_volumes();
	test_external_origin();
	test_transactions();
	test_circles();

	return ktap_end();
}
