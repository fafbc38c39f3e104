# What every target of ours is compiled with; linked PRIVATE, so that nothing leaks to others.
add_library(smon_flags INTERFACE)
target_compile_definitions(smon_flags INTERFACE _GNU_SOURCE)
target_include_directories(smon_flags INTERFACE ${PROJECT_SOURCE_DIR}/server)
target_compile_options(smon_flags INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wformat=2 -Wcast-qual -Wwrite-strings
    -Wundef -Wvla -Wstrict-prototypes -Wmissing-prototypes
    -include ${PROJECT_SOURCE_DIR}/server/base/forbid.h)
if(SMON_WERROR)
    target_compile_options(smon_flags INTERFACE -Werror)
endif()
if(SMON_ANALYZE AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(smon_flags INTERFACE -fanalyzer)
endif()
if(SMON_FAULTS)
    target_compile_definitions(smon_flags INTERFACE SMON_FAULTS=1 FIU_ENABLE=1)
    target_link_libraries(smon_flags INTERFACE fiu)
endif()

if(SMON_FUZZ AND CMAKE_C_COMPILER_ID MATCHES "Clang")
    target_compile_options(smon_flags INTERFACE -fsanitize=fuzzer-no-link) # so that it sees its way
endif()

if(SMON_SANITIZE)
    set(sanitize -fsanitize=${SMON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_compile_options(smon_flags INTERFACE ${sanitize})
    target_link_options(smon_flags INTERFACE ${sanitize})
else()
    target_compile_options(smon_flags INTERFACE
        $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>
        -fstack-protector-strong -fstack-clash-protection)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        target_compile_options(smon_flags INTERFACE -fcf-protection=full)
    endif()
    target_link_options(smon_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
target_link_options(smon_flags INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>)

# smon_layer(NAME layer SOURCES a.c ... USES smon_base ...): one room of the house.
function(smon_layer name)
    cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/server)
    target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE smon_flags ${arg_LIBRARIES})
endfunction()
