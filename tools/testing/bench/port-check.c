// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the null modem as slow as a real line? Sends bytes from one end to the other and looks at when
 * they arrive, how many fit into the FIFO, and when the transmitter is empty. A busy machine makes
 * things late, but never early: of several times the least one counts. KTAP goes to stdout.
 */

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"

#define BYTES_MAX	1000

/* The programs have to be woken up, which takes an emulated machine its time. */
#define SLACK_US	5000

/* Then it counts as late. */
#define TIMES_MIN	3
#define TIMES_MAX	30

static double arrived[BYTES_MAX];
static unsigned char received[BYTES_MAX];
static int case_number;
static bool failed;

/**
 * struct transfer - what is sent
 * @from: port
 * @to: port at the other end
 * @bytes: how many
 * @byte_us: how long each takes
 * @fifo_size: how many the transmitter takes at once
 */
struct transfer {
	int from;
	int to;
	int bytes;
	double byte_us;
	int fifo_size;
};

static int open_port(const char *name, speed_t speed)
{
	const int port = open(name, O_RDWR | O_NOCTTY);
	struct termios settings;

	if (port < 0 || tcgetattr(port, &settings))
		err(EXIT_FAILURE, "cannot open %s", name);
	cfmakeraw(&settings);
	cfsetspeed(&settings, speed);
	settings.c_cflag |= CLOCAL | CREAD;
	if (tcsetattr(port, TCSANOW, &settings))
		err(EXIT_FAILURE, "cannot set the rate of %s", name);

	return port;
}

static void *receive(void *context)
{
	const struct transfer *transfer = context;
	ssize_t len;
	int done = 0;

	while (done < transfer->bytes) {
		len = read(transfer->to, received + done, transfer->bytes - done);
		if (len <= 0)
			err(EXIT_FAILURE, "cannot read");
		while (len--)
			arrived[done++] = now_us();
	}

	return NULL;
}

static bool transmitter_is_empty(int port)
{
	int status;

	if (ioctl(port, TIOCSERGETLSR, &status))
		err(EXIT_FAILURE, "the port does not say whether it has sent everything");

	return status & TIOCSER_TEMT;
}

static void result(bool good, const char *what, double value)
{
	case_number++;
	failed |= !good;
	printf("# %.1f\n%sok %d %s\n", value, good ? "" : "not ", case_number, what);
}

/**
 * struct outcome - what came of it
 * @in_fifo: how many bytes the transmitter took at once
 * @first: microseconds until the first byte was there
 * @half: until half of the bytes were
 * @all: until all were
 * @empty: until the transmitter said that it was empty
 * @wrong: bytes were lost or changed
 */
struct outcome {
	double in_fifo;
	double first;
	double half;
	double all;
	double empty;
	bool wrong;
};

static double send_all(const struct transfer *transfer, const unsigned char *data,
		       struct outcome *outcome)
{
	const double start = now_us();
	int waiting;

	if (write(transfer->from, data, transfer->bytes) != transfer->bytes ||
	    ioctl(transfer->from, TIOCOUTQ, &waiting))
		err(EXIT_FAILURE, "cannot write");
	outcome->in_fifo = transfer->bytes - waiting;
	/* The receiver may share a processor with us. */
	while (!transmitter_is_empty(transfer->from))
		sleep_until(now_us() + 100);
	outcome->empty = now_us() - start;

	return start;
}

static void send_once(struct transfer *transfer, struct outcome *outcome)
{
	unsigned char sent[BYTES_MAX];
	pthread_t receiver;
	double start;
	int i;

	for (i = 0; i < transfer->bytes; i++)
		sent[i] = i * 37 + 11;
	if (pthread_create(&receiver, NULL, receive, transfer))
		errx(EXIT_FAILURE, "cannot start a thread");
	start = send_all(transfer, sent, outcome);
	pthread_join(receiver, NULL);

	outcome->first = arrived[0] - start;
	outcome->half = arrived[transfer->bytes / 2 - 1] - start;
	outcome->all = arrived[transfer->bytes - 1] - start;
	outcome->wrong = memcmp(sent, received, transfer->bytes);
}

static void lower(double *least, double value)
{
	if (value < *least)
		*least = value;
}

static bool is_late(const struct transfer *transfer, double took, int bytes)
{
	return took > bytes * transfer->byte_us + SLACK_US;
}

static bool is_overfull(const struct transfer *transfer, double in_fifo)
{
	return in_fifo > transfer->fifo_size + SLACK_US / transfer->byte_us;
}

/* Or whoever looked at it was late. */
static bool anything_late(const struct transfer *transfer, const struct outcome *least)
{
	return is_overfull(transfer, least->in_fifo) || is_late(transfer, least->first, 1) ||
	       is_late(transfer, least->half, transfer->bytes / 2) ||
	       is_late(transfer, least->all, transfer->bytes) ||
	       is_late(transfer, least->empty, transfer->bytes);
}

static void judge_time(const struct transfer *transfer, const char *what, double took, int bytes)
{
	result(took >= bytes * transfer->byte_us && !is_late(transfer, took, bytes), what, took);
}

static void judge(const struct transfer *transfer, const struct outcome *least)
{
	const int bytes = transfer->bytes;

	result(!least->wrong, "what was sent arrives", bytes);
	/* The first bytes may be out before we get to look. */
	result(least->in_fifo >= transfer->fifo_size && !is_overfull(transfer, least->in_fifo),
	       "the FIFO has the size asked for", least->in_fifo);
	judge_time(transfer, "the first byte takes its time", least->first, 1);
	judge_time(transfer, "half the bytes take their time", least->half, bytes / 2);
	judge_time(transfer, "all bytes take their time", least->all, bytes);
	judge_time(transfer, "the transmitter is empty when the last bit is out", least->empty,
		   bytes);
}

static void check(struct transfer *transfer)
{
	struct outcome least, next;
	int i;

	send_once(transfer, &least);
	for (i = 1; i < TIMES_MIN || (i < TIMES_MAX && anything_late(transfer, &least)); i++) {
		send_once(transfer, &next);
		lower(&least.in_fifo, next.in_fifo);
		lower(&least.first, next.first);
		lower(&least.half, next.half);
		lower(&least.all, next.all);
		lower(&least.empty, next.empty);
		least.wrong |= next.wrong;
	}
	judge(transfer, &least);
}

/* A byte is ten bits. */
static void check_rate(char **argv, speed_t speed, int baud, int bytes)
{
	struct transfer transfer = {
		.from = open_port(argv[1], speed),
		.to = open_port(argv[2], speed),
		.bytes = bytes,
		.byte_us = 10 * 1e6 / baud,
		.fifo_size = atoi(argv[3]),
	};

	check(&transfer);
	close(transfer.from);
	close(transfer.to);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(EXIT_FAILURE, "usage: port-check TTY OTHER-TTY FIFO-SIZE");
	check_rate(argv, B9600, 9600, 100);
	check_rate(argv, B115200, 115200, BYTES_MAX);
	printf("1..%d\n", case_number);

	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
