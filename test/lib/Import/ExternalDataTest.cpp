// This file tests the reading of external data: the model's folder, and nothing else.
#include "ReaderTest.h"

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

using namespace azulejo;
using namespace azulejo::test;

namespace {

/// A folder with files for external data.
class ExternalFolder {
public:
  ExternalFolder() {
    char name[] = "/tmp/azulejo-external-XXXXXX";
    folder = ::mkdtemp(name);
    std::ofstream(folder + "/w.bin", std::ios::binary) << std::string("\0\0\x80\x3f\0\0\0\x40", 8);
    ::mkdir((folder + "/model").c_str(), 0700);
    ::rename((folder + "/w.bin").c_str(), (folder + "/model/w.bin").c_str());
    std::ofstream(folder + "/outside.bin") << "abcd";
    ::symlink("w.bin", (folder + "/model/link.bin").c_str());
    ::symlink("..", (folder + "/model/up").c_str());
    std::ofstream(folder + "/model/hard.bin") << "abcd";
    ::link((folder + "/model/hard.bin").c_str(), (folder + "/model/hard2.bin").c_str());
    ::mkfifo((folder + "/model/fifo").c_str(), 0600);
  }
  ~ExternalFolder() {
    for (const char *name : {"/model/w.bin", "/model/link.bin", "/model/up", "/model/hard.bin",
                             "/model/hard2.bin", "/model/fifo", "/outside.bin", "/model", ""})
      ::remove((folder + name).c_str());
  }
  ReadResult read(const std::string &entries, const std::string &more = "") const {
    ReadOptions options;
    options.baseDirectory = folder + "/model";
    std::string head = "\"data_type\":1,\"dims\":[1],\"data_location\":\"EXTERNAL\",";
    return readText(
        graphOf("\"initializer\":[{" + head + "\"external_data\":[" + entries + "]}" + more + "]"),
        options);
  }
  std::string folder;
};

std::string entry(const std::string &key, const std::string &value) {
  return "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}";
}

TEST(ExternalDataTest, ReadsARange) {
  ExternalFolder folder;
  ReadResult read = folder.read(entry("location", "w.bin") + "," + entry("offset", "4") + "," +
                                entry("length", "4") + "," + entry("checksum", "x"));
  ASSERT_TRUE(read.model) << read.errorText();
  EXPECT_EQ(elementsOf<float>(read.model->graph->initializer[0]), std::vector<float>{2.0f});
  read = folder.read(entry("location", "./w.bin") + "," + entry("offset", "4"));
  EXPECT_TRUE(read.model) << read.errorText();
}

TEST(ExternalDataTest, RefusesEverythingElse) {
  ExternalFolder folder;
  std::string w = entry("location", "w.bin") + ",";
  const std::string cases[] = {
      "",
      entry("location", ""),
      entry("location", "../outside.bin"),
      entry("location", "up/outside.bin"),
      entry("location", folder.folder + "/model/w.bin"),
      entry("location", "link.bin"),
      entry("location", "hard.bin"),
      entry("location", "fifo"),
      entry("location", "."),
      entry("location", "/dev/zero"),
      entry("location", "missing.bin"),
      entry("location", "w.bin\\u0000x"),
      w + entry("offset", "-4"),
      w + entry("offset", "18446744073709551616"),
      w + entry("offset", "18446744073709551612") + "," + entry("length", "8"),
      w + entry("offset", "8") + "," + entry("length", "4"),
      w + entry("offset", "0x4"),
      w + entry("offset", " 4"),
      w + entry("length", "3"),
      w + entry("length", "1e1"),
      w,
      entry("location", "w.bin") + "," + entry("location", "w.bin"),
  };
  for (std::string text : cases) {
    if (!text.empty() && text.back() == ',')
      text.pop_back();
    EXPECT_EQ(folder.read(text).errorCode(), "import.external") << text;
  }
  std::string range = w + entry("offset", "2") + "," + entry("length", "4");
  EXPECT_EQ(folder
                .read(w + entry("length", "4"),
                      ",{\"data_type\":1,\"dims\":[1],\"data_location\":1,\"external_data\":[" +
                          range + "]}")
                .errorCode(),
            "import.external");
}

TEST(ExternalDataTest, NeedsAFolder) {
  ReadResult read = readText(tensorOf("\"data_type\":1,\"data_location\":1,\"external_data\":[" +
                                      entry("location", "w.bin") + "]"));
  EXPECT_EQ(read.errorCode(), "import.external");
}

} // namespace
