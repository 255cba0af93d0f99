# Called by job_scripts.cmake with SCRIPTS and SOURCE: slurm-run.sbatch becomes slurm_run_script().
set(text "#include \"sigmaflow/cli/job_script.hpp\"\n\nnamespace sigmaflow {\n")
foreach(script IN LISTS SCRIPTS)
  get_filename_component(name ${script} NAME_WE)
  string(REPLACE "-" "_" name ${name})
  file(READ ${script} content)
  string(APPEND text "std::string_view ${name}_script() { return R\"script(${content})script\"; }\n")
endforeach()
file(WRITE ${SOURCE} "${text}}  // namespace sigmaflow\n")
