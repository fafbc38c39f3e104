# What an installation holds, and the Debian package of it: cmake --install, or cpack in the build folder.
include(GNUInstallDirs)
install(TARGETS smon smon-collect RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES server/verbs/smon.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES server/smon.service DESTINATION lib/systemd/system)

# smon prints its own completions; it is asked when it is installed, so that no build has to run it.
function(smon_completion shell file folder)
    set(made ${CMAKE_BINARY_DIR}/completion/${shell})
    install(CODE "file(MAKE_DIRECTORY \"${made}\")
execute_process(COMMAND \"$<TARGET_FILE:smon>\" completion ${shell}
    OUTPUT_FILE \"${made}/${file}\" COMMAND_ERROR_IS_FATAL ANY)")
    install(FILES ${made}/${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder})
endfunction()
smon_completion(bash smon bash-completion/completions)
smon_completion(zsh _smon zsh/vendor-completions)
smon_completion(fish smon.fish fish/vendor_completions.d)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME smon)
set(CPACK_PACKAGE_VENDOR smon)
set(CPACK_PACKAGE_CONTACT "the operators of smon <root@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
include(CPack)
