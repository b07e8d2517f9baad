# SPDX-License-Identifier: Apache-2.0
# bpf_skeleton(NAME source.bpf.c ...): compile each hook for BPF, link them into one object, and make
# the libbpf skeleton NAME.skel.h of it. Gives the interface target NAME_skeleton.
find_program(BYWAY_BPF_CLANG NAMES clang clang-19 clang-18 clang-14 REQUIRED
	DOC "The compiler for BPF")
find_program(BYWAY_BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin REQUIRED)

# <asm/types.h> lives in the compiler's own multiarch folder, which clang does not search for BPF.
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-multiarch
	OUTPUT_VARIABLE BYWAY_MULTIARCH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)

function(bpf_skeleton name)
	set(objects)
	foreach(source ${ARGN})
		get_filename_component(stem ${source} NAME_WE)
		set(object ${CMAKE_CURRENT_BINARY_DIR}/${stem}.bpf.o)
		add_custom_command(OUTPUT ${object}
			COMMAND ${BYWAY_BPF_CLANG} -O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Werror
				-I${CMAKE_SOURCE_DIR}/include -I${CMAKE_SOURCE_DIR} -I/usr/include/${BYWAY_MULTIARCH}
				-MD -MF ${object}.d -MT ${object}
				-c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
			DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source}
			DEPFILE ${object}.d
			COMMENT "BPF ${source}")
		list(APPEND objects ${object})
	endforeach()

	set(linked ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
	set(header ${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h)
	add_custom_command(OUTPUT ${linked} ${header}
		COMMAND ${BYWAY_BPFTOOL} gen object ${linked} ${objects}
		COMMAND ${BYWAY_BPFTOOL} gen skeleton ${linked} name ${name} > ${header}
		DEPENDS ${objects}
		COMMENT "BPF skeleton ${name}")
	add_custom_target(${name}_skeleton_header DEPENDS ${header})
	add_library(${name}_skeleton INTERFACE)
	add_dependencies(${name}_skeleton ${name}_skeleton_header)
	target_include_directories(${name}_skeleton SYSTEM INTERFACE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
