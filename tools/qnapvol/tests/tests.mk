# SPDX-License-Identifier: GPL-2.0-only
# Tests, fuzz targets and benchmarks of qnapvol: a part of ../Makefile.

vpath ktap.c ../lib

# The tests run with the sanitizers, from objects of their own.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
CHECKED	:= $(patsubst lib/%.o,tests/lib/%.o,$(LIB)) $(addprefix tests/,ktap.o memory.o shuffled.o \
	   md-image.o lvm-image.o lvm-scan.o thin-image.o)
TESTS	:= $(patsubst %.c,%,$(wildcard tests/test-*.c))

# What the tests look into.
INTERNALS := -Ilib -I.

compile_checked = $(CC) $(CFLAGS) $(SANITIZE) $(CPPFLAGS) -c -o $@ $<
link_checked = $(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LDLIBS)

tests/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(compile_checked)

tests/program/%.o: %.c
	@mkdir -p $(@D)
	$(compile_checked)

tests/ktap.o: ktap.c
	$(compile_checked)

tests/%.o: tests/%.c
	$(compile_checked) $(INTERNALS)

tests/test-%: tests/test-%.o $(CHECKED)
	$(link_checked)

# Parts of the program that are tested without its command line.
$(filter $(addprefix tests/test-,dm-% dump-% progress thin-print),$(TESTS)): \
	$(addprefix tests/program/,$(DUMP) cli.o)
tests/show-list: tests/show-list.o $(addprefix tests/program/,$(LIST) cli.o volume.o) $(CHECKED)
	$(link_checked)
tests/show-list: LDLIBS += -ljson-c

# What LVM tells the layer of thin pools is looked at without that layer.
tests/test-lvm-pool: LDFLAGS += -Wl,--wrap=qv_thin_pool_open,--wrap=qv_thin_pool_free \
				-Wl,--wrap=qv_thin_find,--wrap=qv_thin_new \
				-Wl,--wrap=qv_thin_check_map

# The generator of images has none of the library's code but the checksums.
GENERATOR := tests/mkqnapimg.o $(patsubst %.c,%.o,$(wildcard tests/gen-*.c))
IMAGE_TOOLS := tests/mkqnapimg tests/verify-images tests/qv-cat

$(GENERATOR): tests/%.o: tests/%.c
	$(CC) $(CFLAGS) $(CPPFLAGS) $(INTERNALS) -c -o $@ $<

tests/mkqnapimg: $(GENERATOR) lib/crc32.o
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ljson-c -lcrypt

tests/verify-images: tests/verify-images.o $(CHECKED)
	$(link_checked)
tests/verify-images: LDLIBS += -ljson-c

tests/qv-cat: tests/qv-cat.o $(CHECKED)
	$(link_checked)

# What measures, without sanitizers.
BENCHES	:= $(patsubst %.c,%,$(wildcard tests/bench-*.c))

tests/bench-%: tests/bench-%.c tests/memory.c tests/thin-image.c lib/libqnapvol.a
	$(CC) $(CFLAGS) $(filter-out -MMD -MP,$(CPPFLAGS)) $(INTERNALS) $(LDFLAGS) -o $@ $^

bench: all $(IMAGE_TOOLS) $(BENCHES)
	tests/bench.sh

bench-short: all $(IMAGE_TOOLS) $(BENCHES)
	tests/bench.sh --short

# Fuzz targets for clang's libFuzzer, and where they and their objects go: see ../testing/fuzz.sh
FUZZ_CC	?= clang
FUZZ_OUT ?= tests/fuzz
FUZZ_FLAGS := -O1 -g -std=gnu11 -Wall -Wextra -Werror -pthread -I../testing/fuzz \
	      -Dfuzz_one=LLVMFuzzerTestOneInput \
	      -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ	:= $(patsubst tests/%.c,$(FUZZ_OUT)/%,$(wildcard tests/fuzz-*.c))
FUZZED	:= $(patsubst lib/%.o,$(FUZZ_OUT)/%.o,$(LIB)) $(FUZZ_OUT)/memory.o

compile_fuzzed = $(FUZZ_CC) $(FUZZ_FLAGS) $(CPPFLAGS) $(INTERNALS) -c -o $@ $<

$(FUZZ_OUT)/%.o: lib/%.c
	@mkdir -p $(@D)
	$(compile_fuzzed)

$(FUZZ_OUT)/%.o: tests/%.c
	@mkdir -p $(@D)
	$(compile_fuzzed)

$(FUZZ_OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(compile_fuzzed)

$(FUZZ_OUT)/fuzz-dump-map: $(FUZZ_OUT)/dump-map.o

$(FUZZ_OUT)/fuzz-%: $(FUZZ_OUT)/fuzz-%.o $(FUZZED)
	$(FUZZ_CC) $(FUZZ_FLAGS) $(LDFLAGS) -o $@ $^

fuzz: $(FUZZ)

# What the compiler is told goes to standard error: standard output is for the results. The images of
# all variants take a minute on a machine that has nothing else to do.
check: export TEST_TIMEOUT ?= 400
check:
	@$(MAKE) --no-print-directory all $(TESTS) $(IMAGE_TOOLS) $(BENCHES) tests/show-list >&2
	@../lib/run-tests $(TESTS) $(sort $(wildcard tests/test-*.sh))

clean-tests:
	rm -f $(TESTS) $(IMAGE_TOOLS) $(BENCHES) tests/show-list tests/*.o tests/*.d
	rm -rf tests/lib tests/program tests/fuzz

-include $(wildcard tests/*.d tests/lib/*.d tests/program/*.d $(FUZZ_OUT)/*.d)

.PHONY: bench bench-short check clean-tests fuzz
