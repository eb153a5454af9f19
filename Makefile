# SPDX-License-Identifier: GPL-2.0-only
#
# Drivers for the microcontroller of QNAP NAS boxes: build, demonstration, tests. The kernel's part
# of the build is in Kbuild. All targets: make help

KDIR	?= /lib/modules/$(shell uname -r)/build

testing	:= tools/testing
built	:= \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' \
	   -o -name '.*.o.d' -o -name 'Module.symvers' -o -name 'modules.order' \)
tools	:= $(patsubst %/Makefile,%,$(wildcard tools/*/Makefile))

help: ## this list
	@echo 'Targets:'
	@sed -n 's/^\([a-z0-9._-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo
	@echo 'The modules are built for the running kernel; for another one:'
	@echo '  make modules KDIR=<its build tree> [ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-]'
	@echo 'W=1 and C=2 work as they do in a kernel tree; V=1 shows the commands.'
	@echo 'What the tests download and build stays in ~/.cache/qnap-mcu; QNAP_MCU_CACHE=<folder>'
	@echo 'names another place.'

modules: kdir-fits ## build the kernel modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

modules_install: kdir-fits ## install them where modprobe finds them before the kernel's own
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install

# Says in one sentence why a kernel cannot have these modules.
kdir-fits:
	@$(testing)/kdir-fits.sh '$(KDIR)'

dtbs: ## compile the device trees for KERNEL_SRC=<kernel source>, into OUT=build/dtbs
	tools/kernel-tree/dtbs.sh '$(KERNEL_SRC)' '$(or $(OUT),build/dtbs)'

dtb-compare: ## list in what they differ from Linux 7.3's, and why
	$(testing)/dtb-compare.sh

clean: ## remove what modules and tools have built
	find . -maxdepth 1 -type f $(built) -exec rm -f {} +
	find drivers -type f $(built) -exec rm -f {} +
	for tool in $(tools); do $(MAKE) -C $$tool clean || exit 1; done

in-tree: ## lay drivers, documents and device trees into a kernel's source tree, KERNEL_SRC=<tree>
	@tools/kernel-tree/in-tree.sh '$(KERNEL_SRC)'

export: ## write them as patches for the maintainers of KERNEL_SRC=<Linux 7.3>, into OUT=build/series
	@tools/kernel-tree/export.sh '$(KERNEL_SRC)' '$(or $(OUT),build/series)'

tools: ## build the emulator of the microcontroller and the other programs
	for tool in $(tools); do $(MAKE) -C $$tool || exit 1; done

deb: ## make Debian packages of drivers, device trees and tools, into OUT=build/deb
	packaging/build-deb.sh '$(or $(OUT),build/deb)'

image_settings := MODEL KERNEL HOSTNAME SSH_KEY PASSWORD_FILE PASSWORD_HASH SIZE OUT DEBS REFRESH

# Settings are only what is typed: every shell has a HOSTNAME. They are handed on as they are, and
# the password not as an argument.
image: override export PASSWORD := $(value PASSWORD)
image: ## write a USB stick's image that boots Debian on MODEL=ts433: see tools/image/image.sh --help
	@tools/image/image.sh $(foreach name,$(image_settings),$(if $(filter command,$(origin $(name))), \
		'$(name)=$(subst ','\'',$(value $(name)))'))

demo: ## boot Debian's arm64 kernel with an emulated microcontroller and show it all
	$(testing)/demo.sh

check: ## run all the checks below
	$(testing)/check.sh

check-static: ## checkpatch, sparse, W=1, kernel-doc, spelling, scripts, documents
	$(testing)/check-static.sh

check-image: ## bad settings, then the image booted in QEMU, by U-Boot too; half an hour at first
	$(testing)/check-image.sh

check-scripts: ## what the scripts say when something is missing or goes wrong
	$(testing)/check-scripts.sh

check-tools: ## the tools' own tests
	$(testing)/check-tools.sh

fuzz: ## ten minutes of random bytes for what reads line, disks, EEPROMs; FUZZ_SECONDS= for another time
	$(testing)/fuzz.sh $(FUZZ_SECONDS)

stress: ## all interfaces at once in kernels with KASAN, lockdep, KCSAN; STRESS_SECONDS= for each
	$(testing)/stress.sh $(STRESS_SECONDS)

kunit: ## unit tests of the drivers in a kernel with KASAN, UBSAN and lockdep
	$(testing)/kunit.sh

coverage: ## line coverage of the unit tests
	$(testing)/kunit-coverage.sh

check-e2e: ## the modules in Debian's 6.12 kernel
	$(testing)/e2e.sh 6.12

check-e2e-7.3: ## the modules in place of the stock ones in Debian's 7.3 kernel
	$(testing)/e2e.sh 7.3

check-dt: ## bindings and device trees, with what Linux 6.12 and 7.3 have to check them
	$(testing)/check-dt.sh

check-dtb-compare: ## the device trees against Linux 7.3's, each difference with its reason
	$(testing)/dtb-compare.sh --check

check-boards: ## what each board's device tree says of the MCU, booted with both kernels
	$(testing)/check-boards.sh

check-install: ## an hour and more: the packages on an emulated box with Debian 13, from apt install to purge
	$(testing)/check-install.sh

check-qnapvol: ## qnapvol on RAIDs, pools and files that Debian's kernel has made
	$(testing)/check-qnapvol.sh

check-handover: ## what the package of tools gives to udev, systemd and fancontrol, with Debian 13's
	$(testing)/check-handover.sh

check-packages: ## the Debian packages, with apt, dkms, u-boot-menu and flash-kernel in a Debian 13
	$(testing)/check-packages.sh

check-faults: ## the modules on a bad line, for a minute
	$(testing)/faults.sh --reduced

faults: ## the same for an hour and more; OPS=, RUNS=, SEED=: see tools/testing/faults.sh --help
	status=0; $(testing)/faults.sh || status=1; $(testing)/faults.sh --stock || status=1; \
	$(MAKE) poweroff-sweep || status=1; exit $$status

check-export: ## the patches of "make export": style, order, each builds
	$(testing)/check-export.sh

check-poweroff: ## power-offs while every fifth byte on the line is flipped or lost
	$(testing)/poweroff-sweep.sh 10

poweroff-sweep: ## a thousand of them, and fifty with Linux 7.3's own driver
	$(testing)/poweroff-sweep.sh --stock 50
	$(testing)/poweroff-sweep.sh 1000

bench: ## measure the modules against the stock ones, on a port as slow as a real one
	$(testing)/bench.sh

check-in-tree: ## build the drivers in kernel trees in all forms, linked; make check has a short form
	$(testing)/check-in-tree.sh --complete

check-bench: ## a short form of it, for make check
	$(testing)/bench.sh --short

fetch: ## download again, in its newest version, all that demo and check need
	$(testing)/fetch.sh --refresh all

# All that is in the list above, and what it leans on.
.PHONY: $(shell sed -n 's/^\([a-z0-9._-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))
