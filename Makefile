# bauser-batch: GNU make. `make help` lists the targets.
#
# Each kind of build has its own directory below build/, so that the objects of
# a sanitizer and of an ordinary build are never mixed.

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
MANDIR  ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR  ?= $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

SANITIZE ?=
comma    := ,
empty    :=
BUILD    := build/$(subst $(empty) ,-,$(or $(strip $(subst $(comma), \
            ,$(SANITIZE)) $(if $(COVERAGE),coverage)),release))

# ---- packages ---------------------------------------------------------------

PACKAGES_BUILD := gcc libc6-dev pkg-config libcsv-dev libcurl4-openssl-dev \
                  libcjson-dev libxml2-dev zlib1g-dev libssl-dev \
                  libinih-dev libmicrohttpd-dev
# Without these, the program is built without --budget.
PACKAGES_OPTIONAL := libhiredis-dev
PACKAGES_CHECK := $(PACKAGES_BUILD) libcmocka-dev curl jq python3 openssl gzip \
                  libxml2-utils python3-suds python3-jsonschema \
                  python3-yaml parallel ca-certificates
PACKAGES_ACCEPTANCE := $(PACKAGES_CHECK) python3-zeep python3-gssapi krb5-kdc \
                       krb5-admin-server krb5-user prometheus chromium tidy \
                       poppler-utils debhelper lintian mmdebstrap zsh fish \
                       buildah redis-server slurm-wlm $(PACKAGES_OPTIONAL)
PACKAGES_LINT  := clang clang-format clang-tidy cppcheck shellcheck mandoc
PACKAGES_BENCH := $(PACKAGES_CHECK) python3-aiohttp python3-requests wrk \
                  strace
PACKAGES_GRIND := $(PACKAGES_CHECK) valgrind
PACKAGES_FUZZ  := $(PACKAGES_CHECK) clang libclang-rt-dev

# Goals that build report missing packages in one line. The other goals install
# them.
goals    := $(or $(MAKECMDGOALS),all)
building := $(filter-out help packages deps clean demo check sbom deb \
            check-valgrind acceptance simulate soak mutants limits coverage fuzz \
            bench lint,$(goals))
ifneq ($(building),)
missing  := $(shell CC='$(CC)' sh ./tools/install-packages --check $(if \
            $(filter-out all install sbom-built bauser-batch bauser-sim,$(building)),\
            $(PACKAGES_CHECK),$(PACKAGES_BUILD)))
ifneq ($(missing),)
$(error $(missing))
endif
endif

# ---- flags ------------------------------------------------------------------

# C11 and POSIX.1-2008 without GNU extensions. A file that needs an extension
# requests it.
STANDARD := -std=c11 -D_POSIX_C_SOURCE=200809L

# The list below explains which mistake each warning finds.
WARNINGS := -Wall -Wextra        \
            -Wpedantic           \
            -Wshadow             \
            -Wconversion         \
            -Wsign-conversion    \
            -Wstrict-prototypes  \
            -Wmissing-prototypes \
            -Wformat=2           \
            -Wundef              \
            -Wcast-qual          \
            -Wwrite-strings      \
            -Wvla
#   -Wall -Wextra         mistakes that every compiler finds
#   -Wpedantic            code that is not C11
#   -Wshadow              a name that hides another one
#   -Wconversion          a value that silently loses bits
#   -Wsign-conversion     a negative number that becomes a huge one
#   -Wstrict-prototypes   f() where f(void) was meant
#   -Wmissing-prototypes  a function that is neither static nor in a header
#   -Wformat=2            a format that is not a literal, or does not match
#   -Wundef               a misspelt macro in #if, which is 0
#   -Wcast-qual           a cast that removes const
#   -Wwrite-strings       a write to a string literal
#   -Wvla                 stack usage that depends on the input
WERROR   ?= -Werror

HARDENING := -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
             -fstack-clash-protection -fPIE
ifeq ($(shell uname -m),x86_64)
HARDENING += -fcf-protection
endif
LINK_HARDENING := -pie -Wl,-z,relro,-z,now

ifneq ($(SANITIZE),)
OPTIMIZE       ?= -O1
HARDENING      := -fPIE
SANITIZERS     := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
                  -fno-omit-frame-pointer
else ifneq ($(COVERAGE),)
OPTIMIZE       ?= -O0
HARDENING      := -fPIE
else
OPTIMIZE       ?= -O2
# A tenth more rows of --check in a second.
$(BUILD)/input/%.o: OPTIMIZE := -O3
# The same bytes in each directory.
PREFIX_MAP     := -ffile-prefix-map=$(CURDIR)=.
# gcc also optimizes the program as a whole. Tests are linked from the same
# objects without that, which would take minutes. Warnings about the whole
# program are no errors: they depend on what is inlined.
ifneq ($(findstring gcc,$(CC)),)
WHOLE          := -flto=auto -ffat-lto-objects
LINK_WHOLE      = $(OPTIMIZE) $(CFLAGS) $(PREFIX_MAP) -flto=auto -Wno-error
LINK_PARTS     := -fno-lto
endif
endif

# Without optimization, gcc reports false warnings.
ifneq ($(COVERAGE),)
SANITIZERS     += --coverage
WERROR         :=
endif

CFLAGS  ?= -g
LDFLAGS ?=

# pkg-config is called only when something is compiled, so that `make deps` and
# `make clean` work without it. A package must not change the C library: that of
# hiredis defines _FILE_OFFSET_BITS.
package_cflags = $(filter-out -D%,$(shell pkg-config --cflags $(1)))
package_libs   = $(shell pkg-config --libs $(1))

COMPILE = $(CC) $(STANDARD) $(OPTIMIZE) $(CFLAGS) $(WARNINGS) $(WERROR) \
          $(HARDENING) $(SANITIZERS) $(PREFIX_MAP) $(CPPFLAGS) -MMD -MP
LINK    = $(CC) $(SANITIZERS) $(LDFLAGS) $(LINK_HARDENING)

# `make HIREDIS=` builds without it.
HIREDIS  = $(shell pkg-config --exists hiredis 2>/dev/null && echo hiredis)

CLIENT_PACKAGES  = libcurl libcjson libxml-2.0 zlib libcrypto libmicrohttpd \
                   inih $(HIREDIS)
CLIENT_LIBS      = -lcsv $(call package_libs,$(CLIENT_PACKAGES)) -lpthread
SIM_PACKAGES    := libmicrohttpd libxml-2.0 zlib libcrypto
SIM_LIBS         = $(call package_libs,$(SIM_PACKAGES)) -lpthread
BENCH_PACKAGES  := libcurl zlib openssl

# `make V=1` prints complete commands.
say = $(if $(V),,@echo '  $(1)  $@';)

# ---- building ---------------------------------------------------------------

# The directories of src/ are layers; two of them contain directories.
client_sources := $(wildcard src/main.c $(foreach depth,* */*, \
                  $(filter-out src/sim/%,$(wildcard src/$(depth)/*.c))))
client_objects := $(patsubst src/%.c,$(BUILD)/%.o,$(client_sources))
module_objects := $(filter-out $(BUILD)/main.o,$(client_objects))
sim_objects    := $(patsubst src/%.c,$(BUILD)/%.o,$(wildcard src/sim/*.c))
unit_tests     := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard \
                  tests/unit/*/test_*.c tests/unit/*/*/test_*.c))
fuzz_targets   := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard \
                  tests/fuzz/fuzz_*.c))
bench_programs := $(patsubst bench/%.c,build/bench/%,$(wildcard bench/*.c))

.PHONY: all
all: $(BUILD)/bauser-batch $(BUILD)/bauser-sim
ifeq ($(BUILD),build/release)
all: bauser-batch bauser-sim

bauser-batch bauser-sim: %: $(BUILD)/%
	@ln -f $< $@
endif

$(BUILD)/bauser-batch: $(client_objects)
	$(call say,LINK)$(LINK) $(LINK_WHOLE) -o $@ $^ $(CLIENT_LIBS)

$(BUILD)/bauser-sim: $(sim_objects)
	$(call say,LINK)$(LINK) $(LINK_PARTS) -o $@ $^ $(SIM_LIBS)

$(BUILD)/sim/%.o: PKGS = $(SIM_PACKAGES)
# Not needed there; and as(1) would record the directory.
$(BUILD)/sim/%.o: WHOLE =
$(BUILD)/%.o: PKGS = $(CLIENT_PACKAGES)
$(client_objects): INCLUDES = -Isrc
# Depends on whether there is hiredis, which may be installed later.
$(BUILD)/net/redis_store.o: INCLUDES += $(if $(HIREDIS),-DHAVE_HIREDIS)
$(BUILD)/net/redis_store.o: $(BUILD)/hiredis
$(BUILD)/hiredis: FORCE
	@mkdir -p $(@D)
	@echo '$(HIREDIS)' | cmp -s - $@ || echo '$(HIREDIS)' >$@
.PHONY: FORCE
$(BUILD)/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC  )$(COMPILE) $(WHOLE) $(INCLUDES) \
	    $(call package_cflags,$(PKGS)) -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(module_objects)
	@mkdir -p $(@D)
	$(call say,TEST)$(COMPILE) -Isrc -Itests/unit -o $@ $< $(module_objects) \
	    $(LINK_PARTS) $(LINK_HARDENING) $(CLIENT_LIBS) -lcmocka

sim_modules := $(filter-out $(BUILD)/sim/main.o,$(sim_objects))
$(BUILD)/unit/sim/%: tests/unit/sim/%.c $(sim_modules)
	@mkdir -p $(@D)
	$(call say,TEST)$(COMPILE) -Isrc -o $@ $< $(sim_modules) \
	    $(LINK_PARTS) $(LINK_HARDENING) $(SIM_LIBS) -lcmocka

simulation_objects := $(patsubst tests/%.c,$(BUILD)/%.o,$(wildcard \
                      tests/simulation/*.c))
$(simulation_objects): INCLUDES = -Isrc -Itests/simulation
$(BUILD)/simulation/%.o: tests/simulation/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC  )$(COMPILE) $(INCLUDES) -c -o $@ $<

$(BUILD)/simulate: $(simulation_objects) $(module_objects)
	$(call say,TEST)$(LINK) $(LINK_PARTS) -o $@ $(simulation_objects) \
	    $(module_objects) $(CLIENT_LIBS)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(module_objects)
	@mkdir -p $(@D)
	$(call say,FUZZ)$(COMPILE) $(call package_cflags,$(CLIENT_PACKAGES)) \
	    -fsanitize=fuzzer -Isrc -o $@ $< $(module_objects) $(LINK_HARDENING) \
	    $(CLIENT_LIBS) -lcmocka

# Libraries that tests preload. inject replaces malloc(), unless a sanitizer
# does.
preloads := $(BUILD)/inject.so $(BUILD)/fast_clock.so
$(BUILD)/inject.so: tests/fault/inject.c Makefile
$(BUILD)/fast_clock.so: tests/cli/fast_clock.c Makefile
$(preloads):
	@mkdir -p $(@D)
	$(call say,TEST)$(CC) $(STANDARD) -O2 $(CFLAGS) $(WARNINGS) $(WERROR) -shared \
	    -fPIC $(if $(SANITIZE),-DINJECT_NO_MEMORY) -o $@ $<

build/bench/%: bench/%.c bench/canned.h Makefile
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(STANDARD) -O2 $(CFLAGS) $(WARNINGS) $(WERROR) -o $@ $< \
	    $(call package_cflags,$(BENCH_PACKAGES)) \
	    $(call package_libs,$(BENCH_PACKAGES)) -lpthread

-include $(wildcard $(addprefix $(BUILD)/,*.d */*.d */*/*.d */*/*/*.d))

# ---- goals ------------------------------------------------------------------

.PHONY: help
help:
	@echo 'make            build ./bauser-batch and ./bauser-sim'
	@echo 'make demo       build, and apply a sample file to a simulated service'
	@echo 'make demo API=soap-v13'
	@echo '                the same with another service (see --api)'
	@echo 'make check      build, and run all tests'
	@echo 'make check SANITIZE=address,undefined'
	@echo '                the same under sanitizers'
	@echo 'make check ONLY="cli/07 unit/net"'
	@echo '                only tests whose name contains one of these words'
	@echo 'make build-tests'
	@echo '                build the programs and tests for tests/run'
	@echo 'make check-valgrind'
	@echo '                run unit tests and some scenarios under valgrind'
	@echo 'make acceptance run all tests completely: each scenario for all services,'
	@echo '                1000 killed runs, and each kind of failing call (one hour)'
	@echo 'make simulate SEED=1'
	@echo '                repeat one simulated run with a trace'
	@echo 'make soak       simulate a million runs from new seeds (SCHEDULES=N)'
	@echo 'make mutants    check that the simulation finds bugs that are put in'
	@echo 'make limits     play services with limits of many kinds (SEEDS=N), as a table'
	@echo 'make fuzz       run each fuzz target for FUZZ_TIME seconds (60)'
	@echo 'make coverage   run all tests, and report the lines that they reach'
	@echo 'make bench      compare the speed with bare libcurl and with Python'
	@echo 'make lint       check formatting, static analysis and project rules'
	@echo 'make install    install into $(PREFIX) (PREFIX=, DESTDIR=)'
	@echo 'make sbom       list what the program was built with, as SPDX, in $(BUILD)/'
	@echo 'make deb        build the Debian package in build/deb/'
	@echo 'make packages   install the packages for a build'
	@echo 'make deps       install the packages for a build and the tests'
	@echo 'make clean      remove all built files'
	@echo
	@echo 'demo, check, check-valgrind, acceptance, simulate, soak, mutants, limits,'
	@echo 'fuzz, coverage, bench, lint, sbom and deb install missing packages first.'

# Each target passes its own list of packages.
install_packages = @sh ./tools/install-packages $(1)

.PHONY: deps
deps:
	$(call install_packages,$(PACKAGES_CHECK) $(PACKAGES_OPTIONAL))

.PHONY: packages
packages:
	$(call install_packages,$(PACKAGES_BUILD) $(PACKAGES_OPTIONAL))

.PHONY: demo
demo:
	$(call install_packages,$(PACKAGES_BUILD) gzip)
	@$(MAKE) --no-print-directory all
	@sh ./samples/demo

.PHONY: check
check:
	$(call install_packages,$(PACKAGES_CHECK) $(PACKAGES_OPTIONAL))
	@$(MAKE) --no-print-directory check-built

.PHONY: build-tests
build-tests: all $(unit_tests) $(preloads) $(BUILD)/simulate

.PHONY: check-built
check-built: build-tests
	@BUILD=$(BUILD) bash tests/run $(ONLY)

.PHONY: check-valgrind
check-valgrind:
	$(call install_packages,$(PACKAGES_GRIND))
	@$(MAKE) --no-print-directory check-valgrind-built

.PHONY: check-valgrind-built
check-valgrind-built: build-tests
	@BUILD=$(BUILD) VALGRIND=1 bash tests/run $(ONLY)

.PHONY: acceptance
acceptance:
	$(call install_packages,$(PACKAGES_ACCEPTANCE))
	@$(MAKE) --no-print-directory acceptance-built

.PHONY: acceptance-built
acceptance-built: build-tests
	@BUILD=$(BUILD) ALL=1 bash tests/run $(ONLY)

# One schedule of the simulation, with a trace.
.PHONY: simulate
simulate:
	$(call install_packages,$(PACKAGES_BUILD))
	@$(MAKE) --no-print-directory $(BUILD)/simulate >/dev/null
	@$(BUILD)/simulate --seed $(or $(SEED),$(error give a seed: make simulate SEED=1))

# Simulations from new seeds, on all cores.
SCHEDULES ?= 1000000
.PHONY: soak
soak:
	$(call install_packages,$(PACKAGES_BUILD))
	@$(MAKE) --no-print-directory $(BUILD)/simulate
	@bash tests/simulation/soak $(BUILD)/simulate $(SCHEDULES)

.PHONY: mutants
mutants:
	$(call install_packages,$(PACKAGES_BUILD))
	@bash tests/simulation/mutants

# How close runs come to limits of many kinds, in virtual time.
SEEDS ?= 2
.PHONY: limits
limits:
	$(call install_packages,$(PACKAGES_CHECK))
	@$(MAKE) --no-print-directory $(BUILD)/unit/dispatch/test_limits
	@$(BUILD)/unit/dispatch/test_limits $(SEEDS)

.PHONY: coverage
coverage:
	$(call install_packages,$(PACKAGES_CHECK))
	@$(MAKE) --no-print-directory COVERAGE=1 coverage-built

.PHONY: coverage-built
coverage-built: build-tests
	@BUILD=$(BUILD) bash tests/coverage $(ONLY)

# Only clang can build fuzz targets. All objects are built again, instrumented.
FUZZ_BUILD := CC=clang BUILD=build/fuzz \
              SANITIZE=fuzzer-no-link$(comma)address$(comma)undefined

.PHONY: fuzz
fuzz:
	$(call install_packages,$(PACKAGES_FUZZ))
	@$(MAKE) --no-print-directory $(FUZZ_BUILD) fuzz-targets
	@BUILD=build/fuzz bash tests/fuzz/run

.PHONY: fuzz-targets
fuzz-targets: $(fuzz_targets)

.PHONY: bench
bench:
	$(call install_packages,$(PACKAGES_BENCH))
	@$(MAKE) --no-print-directory all bench-programs
	@bash bench/run $(BENCH)

.PHONY: bench-programs
bench-programs: $(bench_programs)

.PHONY: lint
lint:
	$(call install_packages,$(PACKAGES_CHECK) $(PACKAGES_LINT))
	@bash tools/lint

# Each page is installed in the section at the end of its name.
manual := $(wildcard man/*.[1-9])

.PHONY: install
install: all
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 $(BUILD)/bauser-batch $(BUILD)/bauser-sim \
	    '$(DESTDIR)$(PREFIX)/bin'
	for page in $(manual); do \
	    install -D -m 644 $$page \
	        '$(DESTDIR)$(MANDIR)'/man$${page##*.}/$${page##*/} || exit; \
	done
	for file in 'bash $(BASHDIR)/bauser-batch' 'zsh $(ZSHDIR)/_bauser-batch' \
	    'fish $(FISHDIR)/bauser-batch.fish'; do \
	    $(BUILD)/bauser-batch --completion $${file%% *} | install -D -m 644 \
	        /dev/stdin "$(DESTDIR)$${file#* }" || exit; \
	done
	for unit in samples/systemd/*@.service; do \
	    sed 's,=bauser-batch --,=$(PREFIX)/bin/bauser-batch --,' $$unit | install -D -m 644 \
	        /dev/stdin '$(DESTDIR)$(UNITDIR)'/$${unit##*/} || exit; \
	done

# The bill of materials: what the program was built with, as SPDX in JSON.
.PHONY: sbom
sbom:
	$(call install_packages,$(PACKAGES_BUILD) python3)
	@$(MAKE) --no-print-directory sbom-built

.PHONY: sbom-built
sbom-built: $(BUILD)/bauser-batch.spdx.json

.DELETE_ON_ERROR:
$(BUILD)/%.spdx.json: $(BUILD)/% tools/sbom
	$(call say,SBOM)python3 -EsB tools/sbom $< $(PACKAGES_BUILD) >$@

# The package and the changes are then in build/deb/.
.PHONY: deb
deb:
	$(call install_packages,$(PACKAGES_CHECK) debhelper)
	rm -rf build/deb
	tools/build-deb build/deb/bauser-batch

.PHONY: clean
clean:
	rm -rf build bauser-batch bauser-sim
