// Every format gives the same table; every malformed file an error with its reason.
#include "sigmaflow/store/points_file.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "sigmaflow/core/error.hpp"
#include "store/artificial_layout.hpp"

namespace sigmaflow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PointsFile : public testing::Test {
  protected:
    std::string write(const std::string& name, const std::string& text) {
        std::ofstream(folder.file(name), std::ios::binary) << text;
        return folder.file(name);
    }

    std::string refusal(const std::string& path, const std::string& dataset = "", const std::string& labels = "") {
        try {
            (void)read_points(path, dataset, labels);
        } catch (const InputError& error) {
            return error.what();
        }
        return "";
    }

    /// Runs Python in the folder.
    void python(const std::string& script) {
        std::ofstream(folder.file("script.py")) << script;
        ASSERT_EQ(std::system(("cd " + folder.file(".") + " && /usr/bin/python3 script.py >&2").c_str()), 0);
    }

    testing_store::Folder folder{"points"};
};

TEST_F(PointsFile, TextWithAndWithoutHeading) {
    const auto plain = read_points(write("a.csv", "1,2.5\n-3e2, +4\n\n5,6"), "");
    EXPECT_EQ(plain.dim, 2);
    EXPECT_EQ(plain.count, 3);
    EXPECT_THAT(plain.values, ElementsAre(1, 2.5, -300, 4, 5, 6));
    const auto headed = read_points(write("b.csv", "\xEF\xBB\xBFx, y\r\n# comment\r\n1,2.5\r\n-3e2,4\r\n5,6\r\n"), "");
    EXPECT_EQ(headed.values, plain.values);
    EXPECT_EQ(headed.digest, plain.digest);
    EXPECT_EQ(headed.view().matrix()(1, 0), 2.5);
}

TEST_F(PointsFile, TheDigestKnowsShapeAndValues) {
    const auto digest = [&](const std::string& text) { return read_points(write("a.csv", text), "").digest; };
    EXPECT_NE(digest("1,2\n3,4\n"), digest("1,2,3,4\n"));
    EXPECT_NE(digest("1,2\n3,4\n"), digest("1,2\n3,5\n"));
}

TEST_F(PointsFile, MalformedText) {
    EXPECT_THAT(refusal(write("a.csv", "1,2\n3\n")), HasSubstr("a.csv:2: 1 numbers instead of 2"));
    EXPECT_THAT(refusal(write("a.csv", "1,2\n3,x\n")), HasSubstr("a.csv:2: 'x' is not a number"));
    EXPECT_THAT(refusal(write("a.csv", "1,2\n3,\n")), HasSubstr("'' is not a number"));
    EXPECT_THAT(refusal(write("a.csv", "1,x\n3,4\n")), HasSubstr("a.csv:1: 'x' is not a number"));
    EXPECT_THAT(refusal(write("a.csv", "1 2\n3 4\n")), HasSubstr("separated by commas"));
    EXPECT_THAT(refusal(write("a.csv", "1,2\n3,nan\n")), HasSubstr("coordinate 1 of point 1"));
    EXPECT_THAT(refusal(write("a.csv", "1,2\n3,1e999\n")), HasSubstr("is not a number"));
    EXPECT_THAT(refusal(write("a.csv", "")), HasSubstr("holds no points"));
    EXPECT_THAT(refusal(write("a.csv", "x,y\n")), HasSubstr("holds no points"));
    EXPECT_THAT(refusal(write("a.csv", "1,2\n"), "data"), HasSubstr("is not an HDF5 file"));
    EXPECT_THAT(refusal(folder.file("none.csv")), HasSubstr("No such file"));
}

TEST_F(PointsFile, AColumnOfTextHoldsTheLabels) {
    const auto path = write("a.csv", "# digits\nx, what ,y\n1,cat,2\n3, dog ,4\n5,7,6\n");
    const auto table = read_points(path, "", "what");
    EXPECT_EQ(table.dim, 2);
    EXPECT_EQ(table.count, 3);
    EXPECT_THAT(table.values, ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_THAT(table.labels, ElementsAre("cat", "dog", "7"));
    EXPECT_EQ(table.view().labels[1], "dog");
    // Numbers as names of columns are a heading where one of them is asked for.
    EXPECT_THAT(read_points(write("b.csv", "0,1\n5,6\n"), "", "1").labels, ElementsAre("6"));
    EXPECT_THAT(refusal(path, "", "kind"), HasSubstr("a.csv:2: there is no column 'kind'"));
    EXPECT_THAT(refusal(path, "", "kind"), HasSubstr("x, what, y"));
    EXPECT_THAT(refusal(path), HasSubstr("'cat' is not a number"));
    EXPECT_THAT(refusal(write("c.csv", "label\ncat\n"), "", "label"), HasSubstr("holds no points"));
    EXPECT_THAT(refusal(write("d.csv", "x,label\n1,cat\n2\n"), "", "label"), HasSubstr("d.csv:3"));
}

TEST_F(PointsFile, TheDigestKnowsLabels) {
    const auto digest = [&](const std::string& text, const std::string& labels) {
        return read_points(write("a.csv", text), "", labels).digest;
    };
    const auto plain = digest("x\n1\n2\n", "");
    EXPECT_NE(digest("x,l\n1,a\n2,b\n", "l"), plain);
    EXPECT_EQ(digest("x,l\n1,a\n2,b\n", "l"), digest("k,x\na,1\nb,2\n", "k"));
    EXPECT_NE(digest("x,l\n1,a\n2,b\n", "l"), digest("x,l\n1,b\n2,a\n", "l"));
}

TEST_F(PointsFile, NpyOfEveryTypeAndOrder) {
    python(R"(
import numpy
table = numpy.array([[1, 2, 3], [40, 50, 60]])
for name in ['f4', 'f8', '>f8', '>f4', 'i1', 'i2', '>i4', 'i8', 'u1', 'u2', 'u4', '>u8']:
    numpy.save('c' + name + '.npy', table.astype(name))
    numpy.save('f' + name + '.npy', numpy.asfortranarray(table.astype(name)))
numpy.save('negative.npy', numpy.array([[-1, -128]], dtype='i1'))
with open('two.npy', 'wb') as out:
    numpy.lib.format.write_array(out, table.astype('f8'), version=(2, 0))
)");
    for (const char* type : {"f4", "f8", ">f8", ">f4", "i1", "i2", ">i4", "i8", "u1", "u2", "u4", ">u8"}) {
        for (const char* order : {"c", "f"}) {
            const auto table = read_points(folder.file(fmt::format("{}{}.npy", order, type)), "");
            EXPECT_THAT(table.values, ElementsAre(1, 2, 3, 40, 50, 60)) << order << type;
        }
    }
    EXPECT_THAT(read_points(folder.file("negative.npy"), "").values, ElementsAre(-1, -128));
    EXPECT_EQ(read_points(folder.file("two.npy"), "").count, 2);
}

TEST_F(PointsFile, MalformedNpy) {
    python(R"(
import numpy
table = numpy.array([[1.0, 2, 3], [40, 50, 60]])
numpy.save('complex.npy', table.astype('c16'))
numpy.save('half.npy', table.astype('f2'))
numpy.save('bool.npy', table > 2)
numpy.save('flat.npy', table.ravel())
numpy.save('cube.npy', table.reshape(1, 2, 3))
numpy.save('empty.npy', table[:0])
numpy.save('record.npy', numpy.zeros((2, 2), dtype=[('a', 'f8')]))
table[1, 2] = numpy.inf
numpy.save('infinite.npy', table)
whole = open('infinite.npy', 'rb').read()
for cut in [7, 9, 11, 60, 130]:
    open('cut%d.npy' % cut, 'wb').write(whole[:cut])
open('long.npy', 'wb').write(whole + b'x')
open('huge.npy', 'wb').write(whole.replace(b'(2, 3), }', b'(2,%d)}' % 2**62))
open('text.npy', 'wb').write(whole.replace(b'(2, 3)', b'(a, 3)'))
open('version.npy', 'wb').write(whole[:6] + b'\x09' + whole[7:])
)");
    const auto reason = [&](const std::string& name) { return refusal(folder.file(name + ".npy")); };
    for (const char* name : {"complex", "half", "bool", "record"}) EXPECT_THAT(reason(name), HasSubstr("element type"));
    EXPECT_THAT(reason("flat"), HasSubstr("1 dimensions"));
    EXPECT_THAT(reason("cube"), HasSubstr("3 dimensions"));
    EXPECT_THAT(reason("empty"), HasSubstr("holds no points"));
    EXPECT_THAT(reason("infinite"), HasSubstr("coordinate 2 of point 1"));
    for (const char* name : {"cut7", "cut9", "cut11", "cut60"}) EXPECT_THAT(reason(name), HasSubstr("cut off")) << name;
    for (const char* name : {"cut130", "long", "huge"}) EXPECT_THAT(reason(name), HasSubstr("do not make")) << name;
    EXPECT_THAT(reason("text"), HasSubstr("not made of numbers"));
    EXPECT_THAT(reason("version"), HasSubstr("format version is 9"));
}

TEST_F(PointsFile, Hdf5DatasetsOfNumbers) {
    python(R"(
import h5py, numpy
with h5py.File('a.h5', 'w') as out:
    table = numpy.array([[1, 2], [3, 4], [5, 6]])
    out['group/real'] = table.astype('>f4')
    out.create_dataset('packed', data=table.astype('i2'), chunks=True, compression='gzip')
    out['flat'] = table.ravel()
    out['words'] = [b'a', b'b']
    out['void'] = numpy.zeros((0, 2))
    out['nan'] = numpy.array([[0.0, numpy.nan]])
)");
    const auto path = folder.file("a.h5");
    for (const char* name : {"group/real", "/packed"}) {
        const auto table = read_points(path, name);
        EXPECT_EQ(table.count, 3);
        EXPECT_THAT(table.values, ElementsAre(1, 2, 3, 4, 5, 6)) << name;
    }
    EXPECT_THAT(refusal(path), HasSubstr("must be named (it has flat, group/real, nan, packed, void, words)"));
    EXPECT_THAT(refusal(path, "none"), HasSubstr("there is no dataset 'none'"));
    EXPECT_THAT(refusal(path, "group"), HasSubstr("there is no dataset 'group'"));
    EXPECT_THAT(refusal(path, "flat"), HasSubstr("1 dimensions"));
    EXPECT_THAT(refusal(path, "words"), HasSubstr("holds no numbers"));
    EXPECT_THAT(refusal(path, "void"), HasSubstr("holds no points"));
    EXPECT_THAT(refusal(path, "nan"), HasSubstr("not finite"));
    std::filesystem::resize_file(path, 700);
    EXPECT_THAT(refusal(path, "packed"), HasSubstr("cannot read points from"));
}

TEST_F(PointsFile, Hdf5DatasetsOfLabels) {
    python(R"(
import h5py, numpy
with h5py.File('a.h5', 'w') as out:
    out['x'] = numpy.array([[1.0, 2], [3, 4], [5, 6]])
    out['integers'] = numpy.array([7, -1, 7], dtype='>i2')
    out['bytes'] = numpy.array([1, 200, 3], dtype='u1')
    out['texts'] = ['cat', 'Hund, \u00e4lter', 'cat']
    out.create_dataset('ascii', data=[b'cat', b'dog', b'cat'], dtype=h5py.string_dtype('ascii'))
    out['fixed'] = numpy.array([b'cat', b'horse', b'ox'])
    padded = h5py.h5t.C_S1.copy()
    padded.set_size(5)
    padded.set_strpad(h5py.h5t.STR_SPACEPAD)
    space = h5py.h5s.create_simple((3,))
    dataset = h5py.h5d.create(out.id, b'padded', padded, space)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, numpy.array([b'cat  ', b'a b  ', b'horse'], dtype='S5'), mtype=padded)
    out['few'] = numpy.array([1, 2])
    out['real'] = numpy.array([1.0, 2, 3])
    out['table'] = numpy.array([[1], [2], [3]])
)");
    const auto path = folder.file("a.h5");
    const auto labels = [&](const char* name) { return read_points(path, "x", name).labels; };
    EXPECT_THAT(labels("integers"), ElementsAre("7", "-1", "7"));
    EXPECT_THAT(labels("bytes"), ElementsAre("1", "200", "3"));
    EXPECT_THAT(labels("texts"), ElementsAre("cat", "Hund, \u00e4lter", "cat"));
    EXPECT_THAT(labels("ascii"), ElementsAre("cat", "dog", "cat"));
    EXPECT_THAT(labels("fixed"), ElementsAre("cat", "horse", "ox"));
    EXPECT_THAT(labels("padded"), ElementsAre("cat", "a b", "horse"));
    EXPECT_THAT(refusal(path, "x", "none"), HasSubstr("there is no dataset 'none'"));
    EXPECT_THAT(refusal(path, "x", "few"), HasSubstr("2 labels for 3 points"));
    EXPECT_THAT(refusal(path, "x", "real"), HasSubstr("texts or integers"));
    EXPECT_THAT(refusal(path, "x", "table"), HasSubstr("2 dimensions instead of 1"));
    python("import numpy; numpy.save('a.npy', numpy.ones((2, 2)))");
    EXPECT_THAT(refusal(folder.file("a.npy"), "", "y"), HasSubstr("use HDF5 or CSV"));
}

}  // namespace
}  // namespace sigmaflow
