# Writes the migrations into a C file: cmake -DSCHEMA=dir -DNAMES=0001_a,0002_b -DOUTPUT=file -P this
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" names "${NAMES}")
set(rows "")
foreach(name IN LISTS names)
    string(REGEX MATCH "^0*([1-9][0-9]*)_" ignored "${name}")
    set(version ${CMAKE_MATCH_1})
    file(READ "${SCHEMA}/${name}.sql" sql)
    string(REPLACE "\\" "\\\\" sql "${sql}")
    string(REPLACE "\"" "\\\"" sql "${sql}")
    string(REPLACE "\n" "\\n\"\n     \"" sql "${sql}")
    string(APPEND rows "    {${version}, \"${name}\",\n     \"${sql}\"},\n")
endforeach()
file(WRITE "${OUTPUT}"
"/* Made from schema/ by migrations.cmake. */
#include \"store/migrate.h\"

const struct migration store_migrations[] = {
${rows}    {0, NULL, NULL},
};
")
