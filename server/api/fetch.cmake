# Fetches what npm has to bring: cmake -DNPM=npm -DDIR=d -P fetch.cmake. Once, also when several builds
# of one checkout begin at the same time: each of them believes that it is the first.
file(LOCK ${DIR}/fetch.lock GUARD PROCESS)
if(${DIR}/package-lock.json IS_NEWER_THAN ${DIR}/node_modules/.package-lock.json) # or there is none
    execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund WORKING_DIRECTORY ${DIR}
                    COMMAND_ERROR_IS_FATAL ANY)
endif()
