// SPDX-License-Identifier: GPL-2.0-only
/* The runs of the fault sweep: see runs.h. */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/array_size.h>

#include "box.h"
#include "operation.h"
#include "runs.h"
#include "sweep.h"

#define FAULTS_MAX	5
#define PROGRESS_MS	5000
#define POLL_MS		50
/* So that it does not mix its frames with those of the script more than it must. */
#define POLL_RARELY_MS	100

/* One command from its turn to its end, and an urgent one that passes it: see the driver's page. */
#define BOUND_MS	(7600 + 7600)

/* Nth frames: no more than so many cases; the last frame is behind us after so many without. */
#define NTH_CASES	250
#define NTH_MISSED_MAX	8

/**
 * struct run - operations by chance with some faults
 * @name: name of the run
 * @faults: settings of the emulator
 * @errors: how many operations of 10,000 may say that they failed
 */
struct run {
	const char *name;
	const char *faults[FAULTS_MAX];
	long errors;
};

static const struct run runs[] = {
	{ "none", { }, 0 },
	{ "flip", { "flip=1" }, 0 },
	{ "lose", { "lose=1" }, 0 },
	{ "noise", { "noise=1" }, 0 },
	{ "twice", { "twice=1" }, 0 },
	{ "late", { "late=1" }, 0 },
	{ "all", { "flip=0.5", "lose=0.5", "noise=0.5", "twice=0.5", "late=0.5" }, 1 },
	{ "split", { "split=5" }, 0 },
	{ "refuse8", { "refuse8=5" }, 0 },
	{ "refuse9", { "refuse9=5" }, 0 },
	{ "babble", { "babble=2" }, 0 },
	{ "restart", { "restart=0.5" }, 0 },
	{ "reset", { "reset=0.2" }, 0 },
	{ "silence", { "silence=0.02" }, 100 },
};

static unsigned int case_count;
static bool all_good = true;

static void verdict(bool good, const char *run, const char *what, long value)
{
	printf("%sok %u %s: %s: %ld\n", good ? "" : "not ", ++case_count, run, what, value);
	all_good = all_good && good;
}

static void progress(const struct sweep *sweep, long operations)
{
	printf("+++ %s: %ld of %ld; errors %ld, lost %ld, wrong %ld, excused %ld\n", sweep->name,
	       sweep->done, operations, sweep->errors, sweep->lost, sweep->wrong, sweep->excused);
}

/* For the table of the host. */
static void print_row(const struct sweep *sweep, u64 took)
{
	const struct mcu_counts *counts = &sweep->counts;
	const struct mcu_counts *start = &sweep->start;

	printf("+++ row %-8s %7ld %6ld %5ld %5ld %7ld", sweep->name, sweep->done, sweep->errors,
	       sweep->lost, sweep->wrong, sweep->excused);
	printf(" %7ld %7ld %6ld %6ld", counts->frames - start->frames,
	       counts->damaged - start->damaged, counts->requests - start->requests,
	       counts->replies - start->replies);
	printf(" %8llu %5llu\n", (unsigned long long)sweep->longest_step,
	       (unsigned long long)took / 1000);
}

static void print_kinds(const struct sweep *sweep)
{
	unsigned int kind;

	for (kind = 0; kind < SWEEP_KINDS; kind++)
		printf("# %s: %ld times %s, at most %llu ms\n", sweep->name, sweep->by_kind[kind],
		       sweep_kind_names[kind], (unsigned long long)sweep->longest[kind]);
}

static void judge(const struct sweep *sweep, long errors)
{
	verdict(!sweep->lost, sweep->name, "lost", sweep->lost);
	verdict(!sweep->wrong, sweep->name, "wrong values", sweep->wrong);
	verdict(!sweep->unfounded, sweep->name, "errors without a fault", sweep->unfounded);
	verdict(sweep->errors <= errors, sweep->name, "operations that failed", sweep->errors);
	verdict(sweep->longest_step <= BOUND_MS, sweep->name, "longest command, ms",
		sweep->longest_step);
}

static void random_run(const struct run *run, long operations, u64 seed)
{
	static struct sweep sweep;
	u64 start = box_now(), told = start;
	unsigned int i;

	sweep_begin(&sweep, run->name, seed);
	emulator_tell("seed %llu", (unsigned long long)seed);
	for (i = 0; i < FAULTS_MAX && run->faults[i]; i++)
		emulator_tell("fault %s", run->faults[i]);
	while (sweep.done < operations) {
		sweep_random_operation(&sweep);
		if (box_now() < told + PROGRESS_MS)
			continue;
		told = box_now();
		progress(&sweep, operations);
	}
	emulator_tell("fault off");
	print_kinds(&sweep);
	print_row(&sweep, box_now() - start);
	/* One more may fail than is to be expected of so few. */
	judge(&sweep, run->errors ? operations * run->errors / 10000 + 1 : 0);
}

/* A fixed script, of each LED's modes and of all else once. */
static void script(struct sweep *sweep)
{
	static const enum sweep_kind kinds[] = {
		SWEEP_PWM_WRITE, SWEEP_PWM_READ, SWEEP_TEMP, SWEEP_RPM, SWEEP_EEPROM, SWEEP_BEEP,
		SWEEP_LED, SWEEP_BUTTON,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (operation_due(sweep, kinds[i]))
			sweep_operation(sweep, kinds[i]);
}

/* Returns whether there was an Nth frame. */
static bool nth_case(struct sweep *sweep, const char *fault, unsigned int nth, u64 seed)
{
	const unsigned int byte = prng_below(&sweep->random, 6);
	const long strikes = sweep->counts.strikes;

	emulator_tell("seed %llu", (unsigned long long)seed);
	emulator_tell("fault-nth %s:%u:%u", fault, nth, byte);
	script(sweep);
	emulator_tell("fault off");
	sweep->looked = false;
	sweep_settle(sweep);

	return sweep->counts.strikes > strikes;
}

/* All cases of one kind of fault, or one in @stride: until there is no such frame any more. */
static void nth_cases(struct sweep *sweep, const char *fault, unsigned int stride)
{
	unsigned int nth = 1 + prng_below(&sweep->random, stride);
	unsigned int missed = 0;

	/* A byte that the frame does not have is not struck either. */
	while (missed < NTH_MISSED_MAX) {
		if (nth_case(sweep, fault, nth, sweep->seed + nth))
			missed = 0;
		else
			missed += stride;
		nth += stride;
	}
}

/* The Nth frame of the script, for each kind of fault, in so many cases or less. */
static void nth_run(long cases, u64 seed)
{
	static const char *const faults[] = {
		"flip", "lose", "noise", "twice", "late", "split", "refuse8", "refuse9", "silence",
		"restart", "reset", "babble",
	};
	static struct sweep sweep;
	const unsigned int stride = (NTH_CASES + cases - 1) / cases;
	const u64 start = box_now();
	unsigned int i;

	sweep_begin(&sweep, "nth", seed);
	emulator_tell("fault-time silence=1000");
	box_poll_button(POLL_RARELY_MS);
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		nth_cases(&sweep, faults[i], stride);
		progress(&sweep, sweep.done);
	}
	emulator_tell("fault-time silence=5000");
	print_kinds(&sweep);
	print_row(&sweep, box_now() - start);
	judge(&sweep, 0);
}

/* Five seconds of silence, then each kind of operation as the first one after it. */
static void return_run(long operations, u64 seed)
{
	static struct sweep sweep;
	const u64 start = box_now();
	long rounds, failed = 0, errors;

	sweep_begin(&sweep, "return", seed);
	for (rounds = 0; rounds < operations; rounds++) {
		emulator_tell("mute 5000");
		sweep_operation(&sweep, rounds % 2 ? SWEEP_PWM_WRITE : SWEEP_LED);
		do {
			box_sleep(10);
			sweep_look(&sweep);
		} while (sweep.state.mute);
		errors = sweep.errors;
		sweep_operation(&sweep, rounds % SWEEP_KINDS);
		failed += sweep.errors - errors;
		progress(&sweep, 2 * operations);
	}
	print_kinds(&sweep);
	print_row(&sweep, box_now() - start);
	verdict(!failed, "return", "first commands after the return that failed", failed);
	verdict(!sweep.lost, "return", "lost", sweep.lost);
	verdict(!sweep.wrong, "return", "wrong values", sweep.wrong);
}

static const struct run *find_run(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(runs); i++)
		if (!strcmp(runs[i].name, name))
			return &runs[i];

	errx(EXIT_BROKEN, "no such run: %s", name);
}

/* Carries out a run. Returns the exit code. */
int runs_run(const char *name, long operations, u64 seed)
{
	printf("KTAP version 1\n");
	box_poll_button(POLL_MS);
	if (!strcmp(name, "nth"))
		nth_run(operations, seed);
	else if (!strcmp(name, "return"))
		return_run(operations, seed);
	else
		random_run(find_run(name), operations, seed);
	printf("1..%u\n", case_count);

	return all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
