"""Studies that must be refused: each with what its message has to say.

A case is a text with the fragments of its message. The line that the message must name carries the comment `#<`; where
no comment can stand, `line` tells it (0: the message names the file alone). `files` are written beside the study, as
bytes or by a function of their path. `words` are further arguments of the command, of which a bad `--set` is named
instead of a line.
"""

import dataclasses
import os
import socket
import struct

import h5py
import numpy

SCHEDULE = '[[schedule]]\nkind = "edm"\nsteps = 4\n'
SOLVER = '[[solver]]\nkind = "euler"\n'
LAW = '[[distribution]]\nname = "law"\nkind = "gaussian"\ndim = 2\n'
RUN = SCHEDULE + SOLVER
GOOD = LAW + RUN
ESC = "\x1b"


@dataclasses.dataclass
class Broken:
    name: str
    text: object  # str or bytes
    expect: list
    line: object = None  # None: the line marked #<; False: no study file is named
    files: dict = dataclasses.field(default_factory=dict)
    words: list = dataclasses.field(default_factory=list)

    def place(self):
        """How the message must begin after "sigmaflow: "; None if it names no study file."""
        if self.line is False:
            return None
        line = self.line
        if line is None:
            assert isinstance(self.text, str) and self.text.count("#<") == 1, f"{self.name}: one line is marked #<"
            line = self.text[: self.text.index("#<")].count("\n") + 1
        return f"study.toml:{line}: " if line else "study.toml: "


CASES = []


def case(name, text, *expect, **how):
    CASES.append(Broken(name, text, list(expect), **how))


def law(kind, body):
    return f'[[distribution]]\nkind = "{kind}"\n{body}\n' + RUN


def schedule(body, kind="edm"):
    return LAW + f'[[schedule]]\nkind = "{kind}"\n{body}\n' + SOLVER


def solver(kind, body="", rest=""):
    return LAW + SCHEDULE + f'[[solver]]\nkind = "{kind}"\n{body}\n{rest}\n'


def observe(body):
    return GOOD + f"[observe]\n{body}\n"


def analysis(kind, body, of=LAW):
    return of + f'[[analysis]]\nkind = "{kind}"\n{body}\n'


def sweep(body):
    axes = '[[distribution]]\nname = "law"\nkind = "gaussian"\ndim = [1, 2]\n'
    return axes + '[[schedule]]\nkind = "edm"\nsteps = [4, 5, 6]\n' + SOLVER + f"[sweep]\n{body}\n"


# --- syntax -----------------------------------------------------------------------------------------------------------

NO_TOML = "this is no TOML"
case("empty", "", "the study has no distribution", line=0)
case("only_a_comment", "# nothing\n", "the study has no distribution", line=0)
case("unclosed_header", "[study\n" + GOOD, NO_TOML, line=1)
case("unclosed_double_header", '[[distribution]\nkind = "gaussian"\n', NO_TOML, line=1)
case("no_value", "[study]\nseed = #<\n" + GOOD, NO_TOML)
case("no_equals", "[study]\nseed 3 #<\n" + GOOD, NO_TOML)
case("two_equals", "[study]\nseed == 3 #<\n" + GOOD, NO_TOML)
case("colon", "[study]\nseed: 3 #<\n" + GOOD, NO_TOML)
case("comma_for_value", "[study]\nseed = , #<\n" + GOOD, NO_TOML)
case("two_values", "[study]\nseed = 1 2 #<\n" + GOOD, NO_TOML)
case("bare_word", "[study]\nname = toy #<\n" + GOOD, NO_TOML)
case("python_literals", "[study]\nseed = None #<\n" + GOOD, NO_TOML)
case("capital_true", schedule("final_zero = True #<"), NO_TOML)
case("unclosed_string", '[study]\nname = "never closed\nseed = 1\n' + GOOD, NO_TOML, line=2)
case("unclosed_literal", "[study]\nname = 'never closed\n" + GOOD, NO_TOML, line=2)
case("unclosed_long_string", '[study]\nname = """never\nclosed\n', NO_TOML, "end-of-file", line=3)
case("unclosed_list", law("gaussian", "variances = [1, 2\n") + GOOD, NO_TOML, line=5)
case("unclosed_inline_table", schedule("rho = { lin = [1, 2, 3]"), NO_TOML, line=7)
case("missing_comma", law("gaussian", "variances = [1 2] #<"), NO_TOML)
case("wrong_bracket", law("gaussian", "variances = [1, 2) #<"), NO_TOML)
case("bad_escape", '[study]\nname = "a\\q" #<\n' + GOOD, NO_TOML)
case("bad_code_point", '[study]\nname = "\\uD800" #<\n' + GOOD, NO_TOML)
case("twice_the_same_key", "[study]\nseed = 1\nseed = 2 #<\n" + GOOD, NO_TOML)
case("twice_the_same_section", "[study]\nseed = 1\n[study] #<\nblock = 64\n" + GOOD, NO_TOML)
case("key_is_a_section_too", "[study]\nseed = 1\n[study.seed] #<\n" + GOOD, NO_TOML)
case("letter_outside_strings", '[study]\nnam\u00e9 = "a" #<\n' + GOOD, NO_TOML)
case("leading_zero", "[study]\nseed = 007 #<\n" + GOOD, NO_TOML)
case("two_points", schedule("rho = 7.0.0 #<"), NO_TOML)
case("bare_exponent", schedule("rho = 7e #<"), NO_TOML)
case("comma_as_decimal_point", schedule("rho = 7,0 #<"), NO_TOML)
case("integer_beyond_64_bits", "[study]\nseed = 99999999999999999999 #<\n" + GOOD, NO_TOML)
case("yaml", "study:\n  seed: 3\n", NO_TOML, line=1)
case("json", '{"study": {"seed": 3}}', NO_TOML, line=1)
case("a_script", "#!/bin/sh\necho hello\n", NO_TOML, line=2)
case("ini_comment", "; a comment\n" + GOOD, NO_TOML, line=1)

# --- bytes ------------------------------------------------------------------------------------------------------------

case("latin_1", b'[study]\nname = "caf\xe9"\n', NO_TOML, "utf-8", line=2)
case("overlong_utf_8", b'[study]\nname = "\xc0\xaf"\n', NO_TOML, line=2)
case("surrogate_utf_8", b'[study]\nname = "\xed\xa0\x80"\n', NO_TOML, line=2)
case("half_a_character", b'[study]\nname = "\xe2\x82"\n', NO_TOML, line=2)
case("beyond_unicode", b'[study]\nname = "\xf4\x90\x80\x80"\n', NO_TOML, line=2)
case("utf_16", GOOD.encode("utf-16"), NO_TOML, line=1)
case("zero_byte_in_a_string", b'[study]\nname = "a\0b"\n', NO_TOML, line=2)
case("zero_byte_between", b"[study]\n\0seed = 1\n", NO_TOML, line=2)
case("zero_bytes_only", bytes(4096), NO_TOML, line=1)
case("escaped_zero_byte", '[study]\nname = "a\\u0000b" #<\n' + GOOD, "'name' holds a zero byte")
case("zero_byte_in_a_path", law("points", 'file = "a\\u0000.csv" #<'), "'file' holds a zero byte")
case("raw_escape_character", f'[study]\nname = "{ESC}[31m"\n' + GOOD, NO_TOML, line=2)
case("a_gzip_file", b"\x1f\x8b\x08\x00" + bytes(range(256)), NO_TOML, line=1)
case("an_hdf5_file", b"\x89HDF\r\n\x1a\n" + bytes(64), NO_TOML, line=1)
case("a_program", b"\x7fELF\x02\x01\x01" + bytes(64), NO_TOML, line=1)

# --- sections ---------------------------------------------------------------------------------------------------------

case("unknown_section", GOOD + "[observ] #<\nlevels = 3\n", "unknown section 'observ'", "known sections: study,",
     "did you mean 'observe'?")
case("key_without_section", "particles = 3 #<\n" + GOOD, "unknown section 'particles'", "known sections: study,")
case("study_is_a_number", "study = 3 #<\n" + GOOD, "'study' is an integer, not a table", "write [study]")
case("study_is_a_list", "[[study]] #<\nseed = 1\n" + GOOD, "'study' is a list, not a table", "one bracket")
case("distribution_with_one_bracket", '[distribution] #<\nkind = "gaussian"\n', "'distribution' is a table",
     "write [[distribution]]")
case("solver_as_text", LAW + 'solver = "heun" #<\n', "unknown key 'solver'", line=None)
case("solvers_as_list", 'solver = ["heun"] #<\n' + LAW, "'solver' is a list", "write [[solver]] with two brackets")
case("no_distribution", RUN, "the study has no distribution", "add a [[distribution]] table", line=0)
case("no_schedule", LAW + SOLVER, "the study has no schedule", "add a [[schedule]] table", line=0)
case("no_solver", LAW + SCHEDULE, "the study has no solver", "add a [[solver]] table", line=0)
case("later_format", "[study]\nformat = 2 #<\n" + GOOD, "'format' is an integer, 2", "from 1 to 1")
case("unknown_study_key", "[study]\nsede = 1 #<\n" + GOOD, "unknown key 'sede'", "known keys: format, name",
     "did you mean 'seed'?")
case("unknown_observe_key", observe("level = 3 #<"), "unknown key 'level'", "did you mean 'levels'?")
case("unknown_sweep_key", sweep("exlude = [] #<"), "unknown key 'exlude'", "did you mean 'exclude'?")

# --- [study] ----------------------------------------------------------------------------------------------------------


def study(body):
    return f"[study]\n{body}\n" + GOOD


case("name_is_a_number", study("name = 3 #<"), "'name' is an integer, 3", "allowed: string")
case("name_is_empty", study('name = "" #<'), "the name of the study", "1 to 64 of them")
case("name_with_space", study('name = "a b" #<'), '"a b" is no name', "letters, digits, _ and -")
case("name_too_long", study(f'name = "{"x" * 65}" #<'), "is no name", "1 to 64 of them")
case("name_climbs_out", study('name = "../../x" #<'), '"../../x" is no name', "letters, digits, _ and -")
case("name_is_absolute", study('name = "/tmp/x" #<'), '"/tmp/x" is no name')
case("name_is_dots", study('name = ".." #<'), '".." is no name')
case("name_with_backslash", study("name = 'a\\b' #<"), "is no name")
case("name_with_newline", study('name = "a\\nb" #<'), '"a\\nb" is no name')
case("name_with_terminal_escape", study('name = "\\u001b]0;owned\\u0007" #<'), '"\\x1b]0;owned\\x07" is no name')
case("name_that_turns_writing", study('name = "a\\u202eb" #<'), '"a\\u202eb" is no name')
case("seed_is_negative", study("seed = -1 #<"), "'seed' is an integer, -1", "integer >= 0")
case("seed_is_real", study("seed = 1.0 #<"), "'seed' is a number, 1", "integer >= 0")
case("seed_is_text", study('seed = "1" #<'), "'seed' is a string, \"1\"")
case("seed_is_swept", study("seed = [1, 2] #<"), "'seed' is a list, [1,2]", "integer >= 0")
case("particles_zero", study("particles = 0 #<"), "'particles' is an integer, 0", "from 1 to 1000000000000")
case("particles_negative", study("particles = -4096 #<"), "'particles' is an integer, -4096")
case("particles_1e15", study("particles = 1_000_000_000_000_000 #<"), "'particles' is an integer, 1000000000000000")
case("particles_as_real", study("particles = 1e6 #<"), "'particles' is a number", "integer from 1")
case("particles_infinite", study("particles = inf #<"), "'particles' is not a finite number")
case("block_no_multiple", study("block = 48 #<"), "'block' is 48", "a multiple of 32")
case("block_too_small", study("block = 16 #<"), "'block' is an integer, 16", "from 32 to 65504")
case("block_too_large", study("block = 65536 #<"), "'block' is an integer, 65536")
case("block_is_boolean", study("block = true #<"), "'block' is a boolean, true")
case("seed_is_a_date", study("seed = 1979-05-27 #<"), "'seed' is a date or a time")
case("seed_is_a_time", study("seed = 07:32:00 #<"), "'seed' is a date or a time")

# --- objects ----------------------------------------------------------------------------------------------------------

case("kind_missing", '[[distribution]] #<\nname = "a"\n' + RUN, "this distribution has no kind", 'give kind = "..."')
case("kind_unknown", law("gausian", "").replace('"gausian"', '"gausian" #<'), "unknown kind of distribution 'gausian'",
     "known kinds:", "did you mean 'gaussian'?")
case("kind_far_from_all", law("unheard_of", "").replace('"unheard_of"', '"unheard_of" #<'), "known kinds: gaussian,")
case("kind_is_a_number", '[[distribution]]\nkind = 3 #<\n' + RUN, "the kind of a distribution is an integer")
case("kind_is_swept", LAW + SCHEDULE + '[[solver]]\nkind = ["heun", "euler"] #<\n', "the kind of a solver cannot be swept",
     "write one [[solver]] table for each kind")
case("kind_of_schedule_unknown", schedule("", "emd").replace('"emd"', '"emd" #<'), "unknown kind of schedule 'emd'", "'edm'?")
case("kind_of_solver_unknown", solver("huen").replace('"huen"', '"huen" #<'), "unknown kind of solver 'huen'", "'heun'?")
case("kind_of_analysis_unknown", analysis("mode", "").replace('"mode"', '"mode" #<'), "unknown kind of analysis 'mode'",
     "'modes'?")
case("kind_with_escape", '[[distribution]]\nname = "a"\nkind = "\\u001b[2J" #<\n' + RUN, "unknown kind of distribution '\\x1b[2J'")
case("label_with_slash", '[[distribution]]\nname = "a/b" #<\nkind = "gaussian"\n' + RUN, '"a/b" is no name')
case("label_with_dot", '[[distribution]]\nname = "a.b" #<\nkind = "gaussian"\n' + RUN, '"a.b" is no name')
case("label_climbs_out", '[[solver]]\nname = "../x" #<\nkind = "heun"\n', '"../x" is no name')
case("label_with_newline", '[[solver]]\nname = "a\\nb" #<\nkind = "heun"\n', '"a\\nb" is no name')
case("label_with_zero_byte", '[[solver]]\nname = "a\\u0000" #<\nkind = "heun"\n', "'name' holds a zero byte")
case("label_is_swept", '[[solver]]\nname = ["a", "b"] #<\nkind = "heun"\n', "the name of a solver is a list")
case("labels_equal", GOOD + "[[solver]] #<\nkind = \"euler\"\n", "two solvers have the name 'euler'",
     "the first is at study.toml:8", "a name = \"...\" of its own")
case("unknown_parameter", law("gaussian", "dimm = 3 #<"), "unknown key 'dimm' of gaussian", "known keys: name, kind, dim",
     "did you mean 'dim'?")
case("parameter_of_another_kind", law("gaussian", "radius = 3 #<"), "unknown key 'radius' of gaussian", "known keys:")
case("unknown_parameter_of_solver", solver("heun", "eta = 0.5 #<"), "unknown key 'eta' of heun", "known keys:")
case("key_with_escape", law("gaussian", '"\\u001b[2J" = 3 #<'), "unknown key '\\x1b[2J' of gaussian")
case("key_with_newline", law("gaussian", '"a\\nsigmaflow: all is well" = 3 #<'), "unknown key 'a\\nsigmaflow: all is well'")
case("key_of_a_megabyte", law("gaussian", f"{'k' * 1_000_000} = 3"), "unknown key 'kkk", line=3)

# --- types ------------------------------------------------------------------------------------------------------------

case("integer_is_real", law("ring", "count = 5.0 #<"), "'count' is a number, 5", "integer from 1 to")
case("integer_is_text", law("ring", 'count = "5" #<'), "'count' is a string, \"5\"", "integer from 1 to")
case("integer_is_boolean", law("ring", "count = true #<"), "'count' is a boolean, true")
case("integer_is_table", law("ring", "count = {} #<"), "'count' is no range: {}", "[first, last, count]")
case("number_is_text", law("ring", 'radius = "1" #<'), "'radius' is a string, \"1\"", "number > 0")
case("number_is_boolean", law("ring", "radius = false #<"), "'radius' is a boolean, false")
case("number_too_deep", law("ring", "radius = [[1]] #<"), "'radius' is a list, [[1]]", "number > 0")
case("boolean_is_integer", schedule("final_zero = 1 #<"), "'final_zero' is an integer, 1", "allowed: boolean")
case("text_is_number", schedule("grid = 3 #<"), "'grid' is an integer, 3", "one of own,")
case("text_unknown", schedule('grid = "logsnt" #<'), "'grid' is \"logsnt\"", "one of own,", "did you mean 'logsnr'?")
case("text_in_wrong_case", law("ring", 'normalize = "Identity" #<'), "'normalize' is \"Identity\"", "'identity'?")
case("list_is_number", law("gaussian", "variances = 3 #<"), "'variances' is an integer, 3", "list of numbers")
case("list_is_empty", law("gaussian", "variances = [] #<"), "'variances' is []", "at least one number")
case("list_of_texts", law("gaussian", 'variances = ["1"] #<'), "'variances' holds a string, \"1\"")
case("matrix_is_list", law("gaussian", "covariance = [1, 2] #<"), "'covariance' holds an integer, 1", "list of lists")
case("matrix_mixed", law("gaussian", "covariance = [[1, 0], 3] #<"), "'covariance' holds an integer, 3", "list of lists of numbers")
case("means_are_numbers", law("gaussian_mixture", "means = [1, 2] #<\nwidths = [1, 1]"), "'means' holds an integer, 1", "list of lists")
case("matrices_are_a_matrix", law("gaussian_mixture", "means = [[1]]\ncovariances = [[1]] #<"), "'covariances' holds an integer, 1")
case("object_is_text", law("affine", 'of = "gaussian" #<'), "'of' is a string, \"gaussian\"", "table with a kind")
case("object_without_kind", law("affine", "of = { dim = 2 } #<"), "'of' is a table without a kind", 'give kind = "..."')
case("object_of_unknown_kind", law("affine", 'of = { kind = "rong" } #<'), "unknown kind of distribution 'rong'", "'ring'?")
case("object_with_unknown_key", law("affine", 'of = { kind = "ring", cuont = 3 } #<'), "unknown key 'cuont' of ring", "'count'?")
case("object_with_name", law("affine", 'of = { kind = "ring", name = "a" } #<'), "unknown key 'name' of ring")
case("objects_are_one", law("mixture", 'components = { kind = "ring" } #<'), "'components' is a table", "list of tables")
case("objects_are_numbers", law("mixture", "components = [1, 2] #<"), "'components' holds an integer, 1", "a kind each")
case("path_is_number", law("points", "file = 3 #<"), "'file' is an integer, 3", "allowed: string")

# --- ranges -----------------------------------------------------------------------------------------------------------

case("dim_zero", law("gaussian", "dim = 0 #<"), "'dim' is an integer, 0", "from 1 to 4096")
case("dim_negative", law("gaussian", "dim = -2 #<"), "'dim' is an integer, -2")
case("dim_1e9", law("gaussian", "dim = 1_000_000_000 #<"), "'dim' is an integer, 1000000000", "from 1 to 4096")
case("dim_beyond_32_bits", law("gaussian", "dim = 4294967298 #<"), "'dim' is an integer, 4294967298", "from 1 to 4096")
case("dim_largest_integer", law("hypercube", "dim = 9223372036854775807 #<"), "'dim' is an integer", "from 1 to 4096")
case("count_1e15", law("ring", "count = 1_000_000_000_000_000 #<"), "'count' is an integer, 1000000000000000")
case("radius_zero", law("ring", "radius = 0 #<"), "'radius' is an integer, 0", "number > 0")
case("radius_negative", law("ring", "radius = -1.5 #<"), "'radius' is a number, -1.5", "number > 0")
case("radius_infinite", law("ring", "radius = inf #<"), "'radius' is not a finite number")
case("radius_nan", law("ring", "radius = nan #<"), "'radius' is not a finite number")
case("radius_overflows", law("ring", "radius = 1e999 #<"), NO_TOML, "1e999")
case("radius_1e200", law("ring", "radius = 1e200 #<"), "'radius' is a number, 1e+200", "<= 1e+100")
case("width_negative", law("ring", "width = -0.1 #<"), "'width' is a number, -0.1", "number from 0 to")
case("nan_in_a_list", law("gaussian", "variances = [1, nan] #<"), "'variances' is not a finite number")
case("infinity_in_a_matrix", law("gaussian", "covariance = [[1, 0], [0, -inf]] #<"), "'covariance' is not a finite number")
case("weight_above_one", law("two_deltas", "weight = 1.5 #<"), "'weight' is a number, 1.5")
case("angle_360", law("crossing_planes", "angle = 360 #<"), "'angle' is an integer, 360", line=None)
case("sigma_min_zero", schedule("sigma_min = 0 #<"), "'sigma_min' is an integer, 0", "number > 0")
case("sigma_min_negative", schedule("sigma_min = -1 #<"), "'sigma_min' is an integer, -1")
case("sigma_max_infinite", schedule("sigma_max = inf #<"), "'sigma_max' is not a finite number")
case("sigmas_reversed", schedule("sigma_min = 80\nsigma_max = 0.1 #<"), "'sigma_max' is 0.1", "must be greater than sigma_min")
case("sigmas_equal", schedule("sigma_min = 1\nsigma_max = 1 #<"), "'sigma_max' is 1", "must be greater than sigma_min")
case("steps_one", schedule("steps = 1 #<"), "'steps' is an integer, 1", "integer from 2 to")
case("steps_1e12", schedule("steps = 1_000_000_000_000 #<"), "'steps' is an integer, 1000000000000")
case("rho_zero", schedule("rho = 0 #<"), "'rho' is an integer, 0")
case("beta_reversed", schedule("beta_min = 3\nbeta_max = 1 #<", "vp"), "'beta_max' is 1", "must not be below beta_min")
case("eta_negative", solver("euler_maruyama", "eta = -1 #<"), "'eta' is an integer, -1", "number >= 0")
case("rtol_zero", solver("dopri5", "rtol = 0 #<"), "'rtol' is an integer, 0", "number > 0")
case("max_steps_1e18", solver("tsit5", "max_steps = 1_000_000_000_000_000_000 #<"), "'max_steps' is an integer")
case("keep_negative", observe("keep_particles = -1 #<"), "'keep_particles' is an integer, -1")
case("keep_1e15", observe("keep_particles = 1_000_000_000_000_000 #<"), "'keep_particles' is an integer")

# --- what one value alone does not show -------------------------------------------------------------------------------

case("gaussian_of_no_dimension", '[[distribution]] #<\nkind = "gaussian"\n' + RUN, "'dim' is missing",
     "give dim, variances or covariance")
case("dim_against_variances", law("gaussian", "dim = 3\nvariances = [1, 2] #<"), "'variances' is [1,2]", "its dimension is 2",
     "that of 'dim'", line=None)
case("variances_and_covariance", law("gaussian", "variances = [1]\ncovariance = [[1]] #<"), "'variances' are given too",
     "give one of the two")
case("negative_variance", law("gaussian", "variances = [1, -1] #<"), "'variances' holds an integer, -1", "from 0 to")
case("covariance_not_square", law("gaussian", "covariance = [[1, 0]] #<"), "'covariance' is [[1,0]]", "a list of rows of equal length")
case("covariance_ragged", law("gaussian", "covariance = [[1, 0], [0]] #<"), "'covariance' is [[1,0],[0]]")
case("covariance_not_symmetric", law("gaussian", "covariance = [[1, 0.5], [0, 1]] #<"), "must be symmetric")
case("covariance_indefinite", law("gaussian", "covariance = [[1, 2], [2, 1]] #<"), "positive semi-definite", "eigenvalue -0.99999")
case("mean_of_wrong_length", law("gaussian", "dim = 2\nmean = [1, 2, 3] #<"), "'mean' is [1,2,3]", "3")
case("mixture_means_missing", law("gaussian_mixture", "widths = [1]").replace("[[distribution]]", "[[distribution]] #<", 1),
     "gaussian_mixture needs 'means'", "give means = <list of lists of numbers")
case("mixture_means_empty", law("gaussian_mixture", "means = [] #<\nwidths = [1]"), "'means' is []", "at least one")
case("mixture_means_ragged", law("gaussian_mixture", "means = [[1, 2], [3]] #<\nwidths = [1, 1]"), "the same length",
     "number 1 has 2 coordinates, number 2 has 1")
case("mixture_widths_missing", law("gaussian_mixture", "means = [[1], [2]]").replace("[[distribution]]", "[[distribution]] #<", 1),
     "one of covariances and widths is needed")
case("mixture_widths_too_few", law("gaussian_mixture", "means = [[1], [2]]\nwidths = [1] #<"), "'widths' is [1]", "2")
case("mixture_weights_too_few", law("gaussian_mixture", "means = [[1], [2]]\nwidths = [1, 1]\nweights = [1] #<"), "'weights' is [1]")
case("mixture_weights_zero", law("gaussian_mixture", "means = [[1]]\nwidths = [1]\nweights = [0] #<"), "their sum must be positive")
case("mixture_weights_negative", law("gaussian_mixture", "means = [[1], [2]]\nwidths = [1, 1]\nweights = [2, -1] #<"), "'weights'")
case("mixture_covariances_too_few", law("gaussian_mixture", "means = [[1], [2]]\ncovariances = [[[1]]] #<"), "'covariances'")
case("planes_codim_too_large", law("parallel_planes", "dim = 2\ncodim = 3 #<"), "'codim' is 3", "must not exceed dim = 2")
case("crossing_codim_too_large", law("crossing_planes", "dim = 3\ncodim = 2 #<"), "'codim' is 2", "at least 2 codim")
case("shell_of_one_axis", law("ellipsoid_shell", "axes = [1.0] #<"), "'axes' is [1]", "not a surface but two points")
case("shell_dim_too_small", law("ellipsoid_shell", "axes = [1, 2, 3]\ndim = 2 #<"), "'dim' is 2", "less than the 3 axes")
case("shell_axes_and_radius", law("ellipsoid_shell", "axes = [1, 2]\nradius = 1 #<"), "'axes' are given too")
case("points_of_nothing", '[[distribution]] #<\nkind = "points"\n' + RUN, "one of values and file is needed")
case("points_values_and_file", law("points", 'values = [[1]] #<\nfile = "a.csv"'), "one of values and file is needed, not both",
     files={"a.csv": b"1\n"})
case("points_values_empty", law("points", "values = [] #<"), "'values' is []", "at least one")
case("points_values_ragged", law("points", "values = [[1, 2], [3]] #<"), "number 2 has 1")
case("points_dataset_without_file", law("points", 'values = [[1]]\ndataset = "a" #<'), "a dataset needs a file")
case("points_labels_too_few", law("points", 'values = [[1], [2]]\nlabels = ["a"] #<'), "'labels' is [\"a\"]", "2")
case("points_label_empty", law("points", 'values = [[1], [2]]\nlabels = ["a", ""] #<'), "a label is empty")
case("points_classes_without_labels", law("points", "values = [[1], [2]]\nclasses = [1] #<"), "the points have no labels")
case("points_class_unknown", law("points", 'values = [[1], [2]]\nlabels = ["cat", "dog"]\nclasses = ["cow"] #<'), "'classes'", "cow")
case("points_held_out_all", law("points", "values = [[1], [2]]\nheld_out = 1 #<"), "no points would be left")
case("mixture_of_dimensions", law("mixture", 'components = [{ kind = "ring" }, { kind = "gaussian", dim = 3 }] #<'), "dimension 3")
case("mixture_of_nothing", law("mixture", "components = [] #<"), "'components' is []", "at least one law")
case("product_too_large", law("product", 'factors = [{ kind = "gaussian", dim = 4096 }, { kind = "ring" }] #<'), "4098", "at most 4096")
case("affine_matrix_does_not_fit", law("affine", 'of = { kind = "ring" }\nmatrix = [[1, 0, 0]] #<'), "'matrix'", "3")
case("affine_shift_does_not_fit", law("affine", 'of = { kind = "ring" }\nshift = [1, 2, 3] #<'), "'shift' is [1,2,3]", "3 numbers")
case("grid_list_missing", schedule('grid = "list"').replace("[[schedule]]", "[[schedule]] #<"), "'sigmas' is missing", "the grid 'list' needs it")
case("grid_list_rising", schedule('grid = "list"\nsigmas = [1, 2, 3] #<'), "strictly decreasing")
case("grid_list_of_one", schedule('grid = "list"\nsigmas = [1.0] #<'), "at least two numbers")
case("table_of_nothing", LAW + '[[schedule]] #<\nkind = "table"\n' + SOLVER, "either 'file' or the list 'sigma'")
case("table_too_short", schedule("sigma = [1, 2] #<", "table"), "4", line=None)
case("expression_of_nothing", LAW + '[[schedule]] #<\nkind = "expression"\n' + SOLVER, "either 'sigma'")
case("expression_garbage", schedule('sigma = "1 +* t" #<', "expression"), "cannot be read", "at character", line=None)
case("expression_unknown_name", schedule('sigma = "sqt(t)" #<', "expression"), "unknown name or symbol", "'sqrt'", line=None)
case("expression_assignment", schedule('sigma = "t = 3" #<', "expression"), "an assignment", "write == to compare", line=None)
case("expression_too_deep", schedule(f'sigma = "{"(" * 8000}t{")" * 8000}" #<\nsigma_min = 0.1', "expression"), "it is too long, at most 10000 characters")
case("expression_text", schedule("sigma = '\"a\"' #<", "expression"), "a symbol that has no meaning", line=None)
case("up_and_final_zero", schedule('direction = "up"\nfinal_zero = true #<'), "has no inverse", line=None)
case("up_and_gaussian", schedule('direction = "up"\nstart = "gaussian" #<'), "has no prior to start from")
case("solver_for_gaussians", law("ring", "").replace('"euler"', '"exact"'), "cannot run", "needs Gaussian data", line=7)
case("likelihood_without_flow", solver("marginal", "", '[observe]\nquantities = ["likelihood"]').replace("[[solver]]", "[[solver]] #<"),
     "'likelihood' needs a solver that follows the flow")
case("entropy_without_weights", law("ellipsoid_shell", "dim = 2") + '[observe]\nquantities = ["entropy"]\n', "'entropy' needs", line=7)
case("forward_sde_down", solver("forward_sde").replace("[[solver]]", "[[solver]] #<"), 'direction must be "up"')

# --- axes -------------------------------------------------------------------------------------------------------------

case("axis_empty", law("gaussian", "dim = [] #<"), "the sweep axis 'dim' is empty", "give at least one value")
case("axis_value_twice", law("gaussian", "dim = [2, 3, 2] #<"), "has the value 2 twice")
case("axis_one_and_one_point_zero", schedule("rho = [1, 1.0] #<"), "has the value 1 twice")
case("axis_of_mixed_types", law("gaussian", 'dim = [2, "3"] #<'), "'dim' is a string, \"3\"")
case("axis_value_out_of_range", law("gaussian", "dim = [2, 0] #<"), "'dim' is an integer, 0")
case("range_unknown_rule", schedule("rho = { lon = [1, 2, 3] } #<"), "'rho' is no range", "did you mean 'lin'?")
case("range_of_two", schedule("rho = { lin = [1, 2] } #<"), "'rho' is no range", "[first, last, count]")
case("range_of_two_rules", schedule("rho = { lin = [1, 2, 3], log = [1, 2, 3] } #<"), "'rho' is no range")
case("range_count_one", schedule("rho = { lin = [1, 2, 1] } #<"), "the count is an integer from 2 to")
case("range_count_real", schedule("rho = { lin = [1, 2, 3.0] } #<"), "the count is an integer from 2 to")
case("range_count_1e12", schedule("rho = { lin = [1, 2, 1_000_000_000_000] } #<"), "the count is an integer from 2 to")
case("range_count_negative", schedule("rho = { lin = [1, 2, -5] } #<"), "the count is an integer from 2 to")
case("range_ends_equal", schedule("rho = { lin = [2, 2, 3] } #<"), "first and last are equal")
case("range_log_from_zero", schedule("rho = { log = [0, 2, 3] } #<"), "a log range needs first > 0")
case("range_int_of_reals", schedule("steps = { int = [2.5, 4, 3] } #<"), "integers as first and last")
case("range_int_huge", schedule("steps = { int = [2, 4_000_000_000_000_000, 3] } #<"), "stays within 1000000000000000")
case("range_int_repeats", schedule("steps = { int = [2, 4, 9] } #<"), "has the value 2 twice", line=None)
case("range_lin_for_integers", schedule("steps = { lin = [2, 3, 3] } #<"), "'steps' takes integers", "{ int =")
case("range_infinite", schedule("rho = { lin = [1, inf, 3] } #<"), "is not a finite number")
case("range_of_lists", law("gaussian", "variances = { lin = [1, 2, 3] } #<"), "'variances' is a table")
case("kind_equal_points", GOOD + '[[solver]] #<\nname = "again"\nkind = "euler"\n', "two points of the sweep are equal", "remove one")

# --- huge sweeps ------------------------------------------------------------------------------------------------------

TEN_THOUSAND = "{ lin = [1, 2, 10_000] }"
case("sweep_1e8", law("ring", f"radius = {TEN_THOUSAND}\nwidth = {TEN_THOUSAND}"), "the sweep has 100000000 points", "at most", "zip axes", line=0)
case("sweep_1e12", law("ring", f"radius = {TEN_THOUSAND}\nwidth = {TEN_THOUSAND}").replace("steps = 4", f"rho = {TEN_THOUSAND}"),
     "the sweep has 1000000000000 points", line=0)
case("sweep_overflows_64_bits", LAW.replace("dim = 2", f"mean = [{', '.join(f'[{i}, 1]' for i in range(1000))}]")
     + '[[schedule]]\nkind = "edm"\n' + "".join(f"{key} = {TEN_THOUSAND}\n" for key in ("sigma_min", "sigma_max", "rho"))
     + '[[solver]]\nkind = "dopri5"\n' + f"rtol = {TEN_THOUSAND}\natol = {TEN_THOUSAND}\n",
     "the sweep has 1e+23 points", "at most", line=0)
case("many_objects", "".join(f'[[{room}]]\nname = "n{i}"\nkind = "{kind}"\n{more}' for room, kind, more in
     (("distribution", "gaussian", "dim = 1\n"), ("schedule", "edm", ""), ("solver", "heun", "")) for i in range(250)),
     "the sweep has 15625000 points", line=0)
case("objects_20000", '[[solver]] #<\nkind = "heun"\n' + ''.join(f'[[solver]]\nname = "n{i}"\nkind = "heun"\n' for i in range(20_000)) + LAW,
     "the study has more than 10000 objects", "sweep a parameter")
case("exclusions_1e10", law("ring", f"radius = {{ lin = [1, 2, 50_000] }}") + f'[sweep]\nexclude = [ {", ".join(["{ a = 1 }"] * 200_000)} ]\n',
     "the exclusions name 200000 values", "50003 to compare each with", "at most 10000000 comparisons", line=10)
case("axes_too_long_together", law("ring", "radius = { lin = [1, 2, 900_000] }\nwidth = { lin = [1, 2, 900_000] }"), "the sweep axes hold",
     "values or more", line=1)
case("tasks_1e10", "[study]\nparticles = 1_000_000_000_000\nblock = 32\n" + GOOD, "the study has 31250000000 tasks", "raise study.block",
     line=0)
case("analyses_1e9", '[[distribution]]\nkind = "ring"\nradius = { lin = [1, 2, 100_000] }\n[[analysis]]\nkind = "information"\n'
     "sigma_min = { lin = [1, 2, 10_000] }\n", "the sweep has 1000000000 points", line=0)

# --- bombs ------------------------------------------------------------------------------------------------------------

case("brackets_100_mb", b"x = " + b"[" * (100 << 20), "the study has more than 16 MiB", line=0)
case("brackets_10_mb", b"x = " + b"[" * (10 << 20), "too many nested brackets", "at most 32", line=1)
case("braces_1_mb", b"x = " + b"{a=" * (1 << 18), "too many nested brackets", line=1)
case("nested_tables_10000", ("[" + ".".join(["a"] * 10_000) + "]\n"), "too many nested key parts", "at most 16", line=1)
case("dotted_key_10000", GOOD + ".".join(["a"] * 10_000) + " = 1\n", "too many nested key parts", line=10)
case("nested_objects_40", law("affine", "of = " + '{ kind = "affine", of = ' * 40 + '{ kind = "ring" }' + " }" * 40), "too many nested brackets", line=3)
case("levels_1e9", observe("levels = 1_000_000_000 #<"), "'levels' is an integer, 1000000000", "from 2 to 100000")
case("levels_listed_1e6", observe(f"levels = [{','.join(map(str, range(1, 200_001)))}]"), "'levels' is a list", line=11)
case("string_of_10_mb", study(f'name = "{"x" * (10 << 20)}"'), "is no name", line=2)
case("comment_of_17_mb", "#" + "x" * (17 << 20) + "\n" + GOOD, "the study has more than 16 MiB", line=0)
case("values_4_mb", law("gaussian", "variances = [" + "1," * 2_000_000 + "]"), "more than a million values", "a file of their own", line=3)
case("gaussian_of_a_million_dimensions", law("gaussian", "variances = [" + "1," * 1_000_000 + "]"), "at most 4096 dimensions", line=3)
case("axis_of_a_million_texts", law("ring", "normalize = [" + ",".join(f'"n{i}"' for i in range(300_000)) + "]"), "'normalize' is \"n0\"", line=3)

# --- [sweep] ----------------------------------------------------------------------------------------------------------

case("zip_is_text", sweep('zip = "distribution.law.dim" #<'), "'zip' is a string, not a list")
case("zip_is_flat", sweep('zip = ["distribution.law.dim", "schedule.edm.steps"] #<'), "a zip is", "two addresses or more", line=None)
case("zip_of_one", sweep('zip = [["distribution.law.dim"]] #<'), "a list of two addresses or more")
case("zip_unequal", sweep('zip = [["distribution.law.dim", "schedule.edm.steps"]] #<'), "unequal lengths", "distribution.law.dim has 2 values",
     "schedule.edm.steps has 3")
case("zip_of_no_axis", sweep('zip = [["distribution.law.dim", "schedule.edm.rho"]] #<'), "'schedule.edm.rho' is no axis")
case("zip_unknown_key", sweep('zip = [["distribution.law.dim", "schedule.edm.step"]] #<'), "no key 'step'", "did you mean 'steps'?")
case("zip_twice", sweep('zip = [["distribution.law.dim", "distribution.dim"]] #<'), "is zipped twice")
case("exclude_is_a_table", sweep('exclude = { "distribution.law.dim" = 1 } #<'), "'exclude' is a table, not a list")
case("exclude_of_numbers", sweep("exclude = [3] #<"), "an exclusion is an integer")
case("exclude_empty", sweep("exclude = [{}] #<"), "an exclusion is empty")
case("exclude_no_address", sweep('exclude = [{ dim = 1 }] #<'), "'dim' is no address", "room.label.key")
case("exclude_unknown_room", sweep('exclude = [{ "schedules.edm.steps" = 4 }] #<'), "unknown room 'schedules'", "'schedule'?")
case("exclude_unknown_label", sweep('exclude = [{ "distribution.lww.dim" = 1 }] #<'), "no distribution 'lww'", "known names: law", "'law'?")
case("exclude_unknown_key", sweep('exclude = [{ "distribution.law.dmi" = 1 }] #<'), "has no key 'dmi'", "'dim'?")
case("exclude_unknown_value", sweep('exclude = [{ "distribution.law.dim" = 3 }] #<'), "matches nothing", "its values: 1, 2")
case("exclude_text_for_number", sweep('exclude = [{ "distribution.law.dim" = "1" }] #<'), "matches nothing")
case("exclude_everything", sweep('exclude = [{ "distribution.law.dim" = [1, 2] }]'), "every point of the study is excluded", line=0)
case("exclude_with_escape", sweep('exclude = [{ "distribution.\\u001b[2J.dim" = 1 }] #<'), "'\\x1b[2J'")

# --- [observe] --------------------------------------------------------------------------------------------------------

case("levels_one", observe("levels = 1 #<"), "'levels' is an integer, 1", "from 2 to 100000")
case("levels_real", observe("levels = 2.5 #<"), "'levels' is a number, 2.5")
case("levels_text", observe('levels = "all" #<'), "'levels' is a string", '"grid"')
case("levels_empty", observe("levels = [] #<"), "'levels' is a list, []")
case("levels_with_zero", observe("levels = [1, 0] #<"), "different numbers > 0")
case("levels_twice", observe("levels = [1, 2, 1] #<"), "different numbers > 0")
case("levels_nan", observe("levels = [1, nan] #<"), "'levels' is not a finite number")
case("quantities_text", observe('quantities = "spectrum" #<'), "'quantities' is a string", "a list of names")
case("quantities_empty", observe("quantities = [] #<"), "'quantities' is empty")
case("quantity_unknown", observe('quantities = ["spectrun"] #<'), "unknown kind of quantity 'spectrun'", "'spectrum'?")
case("quantity_twice", observe('quantities = ["mmse", "mmse"] #<'), "the quantity 'mmse' is listed twice")
case("quantity_is_number", observe("quantities = [3] #<"), "a quantity is 3")
case("quantity_with_slash", observe('quantities = ["../points/id"] #<'), "unknown kind of quantity '../points/id'")
case("quantity_k_too_large", observe('quantities = [{ kind = "lyapunov", k = 3 }]'), "k is greater than the dimension", line=8)
case("quantity_k_beyond_32_bits", observe('quantities = [{ kind = "lyapunov", k = 4294967297 }] #<'), "'k' is an integer, 4294967297")

# --- analyses ---------------------------------------------------------------------------------------------------------

case("analysis_of_unknown_law", analysis("information", 'distributions = ["lww"] #<'), "the study has no distribution \"lww\"", "'law'?")
case("analysis_of_no_law", analysis("information", "distributions = [] #<"), "'distributions' of an analysis is []")
case("analysis_of_a_text", analysis("information", 'distributions = "law" #<'), "a list of names of distributions")
case("analysis_unknown_key", analysis("information", "sample = 3 #<"), "unknown key 'sample' of information", "'samples'?")
case("analysis_samples_zero", analysis("information", "samples = 0 #<"), "'samples' is an integer, 0")
case("analysis_samples_1e15", analysis("information", "samples = 1_000_000_000_000_000 #<"), "'samples' is an integer")
case("analysis_levels_1e9", analysis("information", "levels = 1_000_000_000 #<"), "'levels' is an integer, 1000000000")
case("analysis_sigmas_reversed", analysis("information", "sigma_min = 2 #<\nsigma_max = 1"), "sigma_min is greater than sigma_max", line=None)
case("analysis_twice", analysis("modes", "") + '[[analysis]] #<\nname = "again"\nkind = "modes"\n', "the analyses 'modes' and 'again' are equal")
case("analysis_impossible", analysis("separatrices", "", LAW.replace("dim = 2", "dim = 3")).replace("[[analysis]]", "[[analysis]] #<"),
     "analysis 'separatrices' cannot be done for distribution 'law'", "two dimensions")
case("analysis_capacity_1e12", analysis("modes", "capacity = 1_000_000_000_000 #<"), "'capacity' is an integer")

# --- files ------------------------------------------------------------------------------------------------------------


def hdf5(**datasets):
    def write(path):
        with h5py.File(path, "w") as file:
            for name, data in datasets.items():
                file[name] = data
    return write


def hdf5_chunked(shape):
    """A dataset of a large shape of which nothing is stored."""
    def write(path):
        with h5py.File(path, "w") as file:
            file.create_dataset("points", shape=shape, dtype="f8", chunks=(1, 1 << 10))
    return write


def npy(array):
    return lambda path: numpy.save(path, array, allow_pickle=True)


def npy_header(header, data=b""):
    padded = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded + data


def cut(write, size):
    def written(path):
        write(path)
        os.truncate(path, size)
    return written


def flipped(write, offset, bits=0xFF):
    def written(path):
        write(path)
        with open(path, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ bits]))
    return written


def folder(path):
    path.mkdir()


def link_to(target):
    return lambda path: path.symlink_to(target)


def fifo(path):
    os.mkfifo(path)


def unix_socket(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


POINTS = numpy.arange(6.0).reshape(3, 2)


def points(file, *expect, body="", **files):
    name, content = file
    dataset = 'dataset = "points"\n' if name.endswith(".h5") and "dataset" not in body else ""
    return law("points", f'file = "{name}" #<\n{dataset}{body}'), {name: content} if content is not None else {}


def data(name, file, content, *expect, body=""):
    text, files = points((file, content), body=body)
    case(name, text, *expect, files=files)


data("file_missing", "none.csv", None, "cannot read", "none.csv", "No such file")
data("file_in_missing_folder", "nowhere/none.csv", None, "nowhere/none.csv", "No such file")
data("file_is_a_folder", "data.csv", folder, "data.csv", "it is a folder")
data("file_is_a_pipe", "data.csv", fifo, "data.csv", "it is a pipe")
data("file_is_a_socket", "data.csv", unix_socket, "data.csv")
data("file_is_dev_zero", "data.csv", link_to("/dev/zero"), "data.csv", "it is a device")
data("file_is_dev_null", "data.csv", link_to("/dev/null"), "data.csv", "it is a device")
data("file_is_a_dangling_link", "data.csv", link_to("nothing"), "data.csv", "No such file")
data("file_links_in_circles", "data.csv", link_to("data.csv"), "data.csv", "symbolic links")
data("csv_empty", "data.csv", b"", "holds no points")
data("csv_heading_only", "data.csv", b"x,y\n", "holds no points")
data("csv_ragged", "data.csv", b"1,2\n3\n", "data.csv:2: 1 numbers instead of 2")
data("csv_text", "data.csv", b"1,2\n3,x\n", "data.csv:2: 'x' is not a number")
data("csv_semicolons", "data.csv", b"1;2\n3;4\n", "is not a number", "separated by commas")
data("csv_missing_value", "data.csv", b"1,2\n3,\n", "data.csv:2: '' is not a number")
data("csv_nan", "data.csv", b"1,2\nnan,3\n", "not finite", "coordinate 0 of point 1")
data("csv_infinity", "data.csv", b"1,2\ninf,3\n", "not finite")
data("csv_too_large_number", "data.csv", b"1,2\n1e200,3\n", "exceed 1e100")
data("csv_zero_bytes", "data.csv", b"1,2\n" + bytes(10), "1 numbers instead of 2")
data("csv_escape", "data.csv", b"1,2\n\x1b[31m,3\n", "'\\x1b[31m' is not a number")
data("csv_not_utf_8", "data.csv", b"1,2\n\xff\xfe,3\n", "'\\xff\\xfe' is not a number")
data("csv_no_label_column", "data.csv", b"x,y\n1,2\n", "no column 'digit'", body='labels = "digit"')
data("csv_label_not_utf_8", "data.csv", b"x,l\n1,\xff\n", "the label of point 0", "UTF-8", body='labels = "l"')
data("csv_label_with_escape", "data.csv", b"x,l\n1,\x1b[2J\n", "the label of point 0", "\\x1b[2J", body='labels = "l"')
data("csv_dataset", "data.csv", b"1,2\n", "has no dataset 'points'", "it is not an HDF5 file", body='dataset = "points"')
data("a_picture", "data.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "is not a number")
data("npy_cut_off", "data.npy", cut(npy(POINTS), 100), "data.npy", "NPY", "header was cut off")
data("npy_data_cut_off", "data.npy", cut(npy(POINTS), 170), "data.npy", "3 x 2 numbers do not make its")
data("npy_magic_only", "data.npy", b"\x93NUMPY", "it was cut off")
data("npy_one_dimension", "data.npy", npy(POINTS.ravel()), "it has 1 dimensions, points x coordinates are needed")
data("npy_three_dimensions", "data.npy", npy(POINTS.reshape(1, 3, 2)), "it has 3 dimensions")
data("npy_complex", "data.npy", npy(POINTS.astype(complex)), "element type", "c16")
data("npy_texts", "data.npy", npy(POINTS.astype(str)), "element type")
data("npy_objects", "data.npy", npy(numpy.array([[None, 1]], dtype=object)), "element type")
data("npy_booleans", "data.npy", npy(POINTS > 2), "element type")
data("npy_half_floats", "data.npy", npy(POINTS.astype("f2")), "element type")
data("npy_nan", "data.npy", npy(numpy.array([[1.0, numpy.nan]])), "not finite", "coordinate 1 of point 0")
data("npy_no_rows", "data.npy", npy(numpy.zeros((0, 2))), "holds no points")
data("npy_huge_shape", "data.npy", npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"),
     "do not make its 0 bytes")
data("npy_overflowing_shape", "data.npy", npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808, 2)}", bytes(8)),
     "do not make its 8 bytes")
data("npy_negative_shape", "data.npy", npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2)}"), "its shape is not made of numbers")
data("npy_no_shape", "data.npy", npy_header("{'descr': '<f8', 'fortran_order': False}"), "its header has no shape")
data("npy_labels", "data.npy", npy(POINTS), "an NPY file is one table of numbers", body='labels = "l"')
data("hdf5_dataset_missing", "data.h5", hdf5(other=POINTS), "there is no dataset 'points'", "it has other")
data("hdf5_dataset_not_named", "data.h5", hdf5(other=POINTS), "must be named", "it has other", body="# dataset")
data("hdf5_empty", "data.h5", hdf5(), "there is no dataset 'points'", "it has none")
data("hdf5_group", "data.h5", lambda path: h5py.File(path, "w").create_group("points").file.close(), "there is no dataset 'points'")
data("hdf5_one_dimension", "data.h5", hdf5(points=POINTS.ravel()), "it has 1 dimensions")
data("hdf5_three_dimensions", "data.h5", hdf5(points=POINTS.reshape(1, 3, 2)), "it has 3 dimensions")
data("hdf5_scalar", "data.h5", hdf5(points=3.0), "it has 0 dimensions")
data("hdf5_texts", "data.h5", hdf5(points=[["a", "b"]]), "holds no numbers")
data("hdf5_complex", "data.h5", hdf5(points=POINTS.astype(complex)), "holds no numbers")
data("hdf5_compound", "data.h5", hdf5(points=numpy.zeros((2, 2), dtype=[("x", "f8")])), "holds no numbers")
data("hdf5_nan", "data.h5", hdf5(points=[[1.0, numpy.nan]]), "not finite")
data("hdf5_no_rows", "data.h5", hdf5(points=numpy.zeros((0, 2))), "holds no points")
data("hdf5_cut_off", "data.h5", cut(hdf5(points=numpy.zeros((100, 100))), 4000), "data.h5", "truncated")
data("hdf5_signature_only", "data.h5", b"\x89HDF\r\n\x1a\n", "data.h5")
data("hdf5_damaged_superblock", "data.h5", flipped(hdf5(points=POINTS), 8), "data.h5")
data("hdf5_that_crashes_the_library", "data.h5", flipped(hdf5(points=numpy.arange(20.0).reshape(10, 2), l=["a", "b"] * 5), 920, 1), "data.h5", body='labels = "l"')
data("hdf5_damaged_root", "data.h5", flipped(hdf5(points=POINTS), 96), "data.h5")
data("hdf5_1e18_numbers", "data.h5", hdf5_chunked((10**9, 10**9)), "1000000000 x 1000000000 numbers", "at most 2^30")
data("hdf5_overflowing_shape", "data.h5", hdf5_chunked((2**32, 2**32)), "4294967296 x 4294967296 numbers")
data("hdf5_labels_missing", "data.h5", hdf5(points=POINTS), "there is no dataset 'l'", body='labels = "l"')
data("hdf5_labels_too_few", "data.h5", hdf5(points=POINTS, l=[1, 2]), "2 labels for 3 points", body='labels = "l"')
data("hdf5_labels_real", "data.h5", hdf5(points=POINTS, l=[1.0, 2.0, 3.0]), "holds no labels", body='labels = "l"')
data("hdf5_labels_of_two_dimensions", "data.h5", hdf5(points=POINTS, l=[[1], [2], [3]]), "it has 2 dimensions instead of 1", body='labels = "l"')
data("hdf5_label_with_newline", "data.h5", hdf5(points=POINTS, l=["a", "b\nc", "d"]), "the label of point 1", "'b\\nc'", body='labels = "l"')


def table(name, content, *expect, line=None):
    text = schedule('file = "sigmas.csv" #<', "table")
    case(name, text, *expect, files={"sigmas.csv": content} if content is not None else {}, line=line)


table("table_file_missing", None, "sigmas.csv", "No such file")
table("table_file_is_a_folder", folder, "sigmas.csv", "it is a folder")
table("table_file_is_dev_zero", link_to("/dev/zero"), "sigmas.csv", "16 MiB")
table("table_file_empty", b"", "sigmas.csv", "no rows")
table("table_file_of_words", b"one\ntwo\n", "sigmas.csv:2: not a row of a schedule table", line=False)
table("table_file_ragged", b"1,2\n3\n", "sigmas.csv:2: not a row", line=False)
table("table_file_short", b"1\n2\n", "4")
table("table_file_not_monotone", b"1\n3\n2\n4\n", "not usable")
table("table_file_negative", b"-1\n1\n2\n4\n", "not usable")
table("table_file_nan", b"1\n2\nnan\n4\n", "sigma")
table("table_file_escape", b"1\n\x1b[2J\n", "'\\x1b[2J'", line=False)

# --- --set ------------------------------------------------------------------------------------------------------------


def override(name, assignment, *expect):
    case(name, GOOD, *expect, words=["--set", assignment], line=False)


override("set_nothing", "nonsense", "--set nonsense: this sets nothing", "room.label.key=value")
override("set_unknown_room", "schedul.edm.steps=3", "unknown room 'schedul'", "'schedule'?")
override("set_unknown_label", "distribution.lww.dim=3", "no distribution 'lww'", "'law'?")
override("set_unknown_key", "distribution.law.dmi=3", "unknown key 'dmi'", "'dim'?")
override("set_wrong_type", "distribution.law.dim=two", "'dim' is a string, \"two\"")
override("set_out_of_range", "study.particles=-1", "'particles' is an integer, -1")
override("set_no_toml", "study.seed=[1", "is no TOML value")
override("set_two_lines", "study.seed=1\nblock = 64", "an assignment has a line break")
override("set_name", "study.name='../x'", '"../x" is no name')
override("set_label", "distribution.law.name=x", "names cannot be set")
override("set_brackets", "study.seed=" + "[" * 1000, "too many nested brackets")
override("set_nan", "schedule.edm.rho=nan", "not a finite number")
override("set_with_escape", f"study.{ESC}[2J=1", "\\x1b[2J")
