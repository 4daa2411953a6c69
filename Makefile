# bauser-batch: GNU make. `make help` lists the targets.
#
# Each kind of build has its own directory below build/, so that a build under a
# sanitizer and the ordinary one never mix.

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
MANDIR  ?= $(PREFIX)/share/man

SANITIZE ?=
comma    := ,
BUILD    := build/$(if $(SANITIZE),$(subst $(comma),-,$(SANITIZE)),$(if \
            $(COVERAGE),coverage,release))

# ---- packages ---------------------------------------------------------------

PACKAGES_BUILD := gcc libc6-dev pkg-config libcsv-dev libcurl4-openssl-dev \
                  libcjson-dev libxml2-dev zlib1g-dev libssl-dev \
                  libmicrohttpd-dev
PACKAGES_CHECK := $(PACKAGES_BUILD) libcmocka-dev curl jq python3 openssl gzip \
                  libxml2-utils
PACKAGES_LINT  := clang clang-format clang-tidy cppcheck shellcheck mandoc
PACKAGES_BENCH := $(PACKAGES_CHECK) python3-aiohttp python3-requests wrk \
                  strace ca-certificates
PACKAGES_GRIND := $(PACKAGES_CHECK) valgrind
PACKAGES_FUZZ  := $(PACKAGES_CHECK) clang libclang-rt-dev

# A goal that builds says in one line what it lacks. The others install it.
goals    := $(or $(MAKECMDGOALS),all)
building := $(filter-out help deps clean demo check check-valgrind acceptance \
            soak coverage fuzz bench lint,$(goals))
ifneq ($(building),)
missing  := $(shell CC='$(CC)' sh ./tools/install-packages --check $(if \
            $(filter-out all install bauser-batch bauser-sim,$(building)),\
            $(PACKAGES_CHECK),$(PACKAGES_BUILD)))
ifneq ($(missing),)
$(error $(missing))
endif
endif

# ---- flags ------------------------------------------------------------------

# C11 with POSIX.1-2008; nothing of GNU, so that each extension is asked for.
STANDARD := -std=c11 -D_POSIX_C_SOURCE=200809L

# Each warning says which mistake it is here for.
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
#   -Wall -Wextra         the mistakes that every compiler finds
#   -Wpedantic            what is not C11
#   -Wshadow              a name that hides another one
#   -Wconversion          a value that silently loses bits
#   -Wsign-conversion     a negative number that becomes a huge one
#   -Wstrict-prototypes   f() where f(void) was meant
#   -Wmissing-prototypes  a function that is neither static nor in a header
#   -Wformat=2            a format that is not a literal, or doesn't fit
#   -Wundef               a misspelt macro in #if counts as 0
#   -Wcast-qual           a cast that throws const away
#   -Wwrite-strings       a literal that is written to
#   -Wvla                 a stack that grows with the input
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
SANITIZERS     := --coverage
else
OPTIMIZE       ?= -O2
endif

CFLAGS  ?= -g
LDFLAGS ?=

# Asked for only when something is compiled, so that `make deps` and `make
# clean` work where pkg-config is not there yet.
package_cflags = $(shell pkg-config --cflags $(1))
package_libs   = $(shell pkg-config --libs $(1))

COMPILE = $(CC) $(STANDARD) $(OPTIMIZE) $(CFLAGS) $(WARNINGS) $(WERROR) \
          $(HARDENING) $(SANITIZERS) $(CPPFLAGS) -MMD -MP
LINK    = $(CC) $(SANITIZERS) $(LDFLAGS) $(LINK_HARDENING)

CLIENT_PACKAGES := libcurl libcjson libxml-2.0 zlib libcrypto
CLIENT_LIBS      = -lcsv $(call package_libs,$(CLIENT_PACKAGES))
SIM_PACKAGES    := libmicrohttpd libxml-2.0
SIM_LIBS         = $(call package_libs,$(SIM_PACKAGES)) -lpthread
BENCH_PACKAGES  := libcurl zlib openssl

# `make V=1` shows whole commands.
say = $(if $(V),,@echo '  $(1)  $@';)

# ---- what is built ----------------------------------------------------------

# A directory of src/ is a layer; two of them have directories of their own.
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
	$(call say,LINK)$(LINK) -o $@ $^ $(CLIENT_LIBS)

$(BUILD)/bauser-sim: $(sim_objects)
	$(call say,LINK)$(LINK) -o $@ $^ $(SIM_LIBS)

$(BUILD)/sim/%.o: PKGS = $(SIM_PACKAGES)
$(BUILD)/%.o: PKGS = $(CLIENT_PACKAGES)
$(client_objects): INCLUDES = -Isrc
$(BUILD)/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC  )$(COMPILE) $(INCLUDES) $(call package_cflags,$(PKGS)) -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(module_objects)
	@mkdir -p $(@D)
	$(call say,TEST)$(COMPILE) -Isrc -Itests/unit -o $@ $< $(module_objects) \
	    $(LINK_HARDENING) $(CLIENT_LIBS) -lcmocka

$(BUILD)/fuzz/%: tests/fuzz/%.c $(module_objects)
	@mkdir -p $(@D)
	$(call say,FUZZ)$(COMPILE) $(call package_cflags,$(CLIENT_PACKAGES)) \
	    -fsanitize=fuzzer -Isrc -o $@ $< $(module_objects) $(LINK_HARDENING) \
	    $(CLIENT_LIBS) -lcmocka

# Preloaded by tests. inject takes memory from malloc()'s place, which is a
# sanitizer's own where there is one.
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

# ---- using it ---------------------------------------------------------------

.PHONY: help
help:
	@echo 'make            build ./bauser-batch and ./bauser-sim'
	@echo 'make demo       install what is missing, build, run the main job'
	@echo 'make demo API=soap-v13'
	@echo '                the same over another service (see --api)'
	@echo 'make check      install what is missing, build, run all tests'
	@echo 'make check SANITIZE=address,undefined'
	@echo '                the same under sanitizers'
	@echo 'make build-tests'
	@echo '                only what tests/run needs'
	@echo 'make check-valgrind'
	@echo '                the units and ten scenarios under valgrind'
	@echo 'make acceptance all that make check takes samples of: each scenario over'
	@echo '                all services, 1000 runs killed at random, each call of'
	@echo '                the system failing (an hour)'
	@echo 'make soak       of make acceptance, only the killed runs and failing calls'
	@echo 'make fuzz       random input for FUZZ_TIME seconds a target (60)'
	@echo 'make coverage   all tests once more, and the lines that they reach'
	@echo 'make bench      measure against bare libcurl and against Python'
	@echo 'make lint       formatting, static analysis, the rules of CONTRIBUTING.md'
	@echo 'make install    into $(PREFIX) (PREFIX=, DESTDIR=)'
	@echo 'make deps       install the packages for a build and its tests'
	@echo 'make clean      remove what was built'

# Quoted in a variable so that each target can ask for its own list.
install_packages = @sh ./tools/install-packages $(1)

.PHONY: deps
deps:
	$(call install_packages,$(PACKAGES_CHECK))

.PHONY: demo
demo:
	$(call install_packages,$(PACKAGES_BUILD) gzip)
	@$(MAKE) --no-print-directory all
	@sh ./samples/demo

.PHONY: check
check:
	$(call install_packages,$(PACKAGES_CHECK))
	@$(MAKE) --no-print-directory check-built

.PHONY: build-tests
build-tests: all $(unit_tests) $(preloads)

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
	$(call install_packages,$(PACKAGES_CHECK))
	@$(MAKE) --no-print-directory acceptance-built

.PHONY: acceptance-built
acceptance-built: build-tests
	@BUILD=$(BUILD) ALL=1 bash tests/run $(ONLY)

.PHONY: soak
soak:
	@$(MAKE) --no-print-directory acceptance ONLY='fault/kill fault/calls'

.PHONY: coverage
coverage:
	$(call install_packages,$(PACKAGES_CHECK))
	+@bash tests/coverage $(ONLY)

.PHONY: coverage-built
coverage-built: build-tests

# Of clang alone: the objects are built once more, with its instruments.
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

# Each page goes to the section that its name ends with.
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

.PHONY: clean
clean:
	rm -rf build bauser-batch bauser-sim
