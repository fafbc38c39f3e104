# Writes the bytes of INPUT as a C array: cmake -DINPUT=f -DOUTPUT=o.c -DNAME=openapi_json -P embed.cmake
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)"
       "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT}
    "#include \"api/openapi_text.h\"\n\nconst unsigned char ${NAME}[] = {\n${bytes}\n};\n"
    "const size_t ${NAME}_size = sizeof ${NAME};\n")
