# ccache, when it is there, with what precompiled headers need to be cacheable and with paths relative to the
# checkout, so that a fresh clone in another folder finds what an older one compiled.
find_program(FUDE_CCACHE ccache)
if(FUDE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 ${FUDE_CCACHE})
endif()
