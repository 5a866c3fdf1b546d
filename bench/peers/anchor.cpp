// How large and how fast is infini-gram mini's structure on this text? (sdsl csa_wt<wt_huff<rrr_vector<127>>, 32, 64>)
//
//   anchor build TEXT INDEX TMPDIR     one JSON line: seconds, index bytes, symbols, peak resident bytes
//   anchor query INDEX WORKLOAD        one JSON line a group of the workload: kind, length, queries, median and p99 microseconds, sum
//   anchor pages INDEX WORKLOAD        one JSON line: pages that a count of 50 bytes touches, as Linux marks them
//
// TEXT holds no byte 0. WORKLOAD: lines `count|absent LENGTH HEX`, `locate 0 ROW`, `extract LENGTH OFFSET …`, grouped.
// Times are CPU time of the thread, the best of three passes for each query, warm. Build: see bench/anchor.mjs.
#include <sdsl/suffix_arrays.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using Index = sdsl::csa_wt<sdsl::wt_huff<sdsl::rrr_vector<127>>, 32, 64>;

struct Query {
  std::string kind;
  size_t length = 0;
  std::string pattern;  // count, absent
  size_t place = 0;     // locate: row, extract: offset
};

static double threadMicros() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static std::string fromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) bytes += char(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

static std::vector<Query> readWorkload(const char* path) {
  std::ifstream file(path);
  std::vector<Query> queries;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    Query query;
    std::string last;
    words >> query.kind >> query.length >> last;
    if (query.kind == "count" || query.kind == "absent") query.pattern = fromHex(last);
    else query.place = std::stoull(last);
    queries.push_back(query);
  }
  return queries;
}

// The answer of one query, as a number that another engine can be compared by.
static size_t answer(const Index& index, const Query& query) {
  if (query.kind == "locate") return index[query.place % index.size()] ? 1 : 0;
  if (query.kind == "extract") {
    auto text = sdsl::extract(index, query.place, query.place + query.length - 1);
    return text.size();
  }
  return sdsl::count(index, query.pattern.begin(), query.pattern.end());
}

static void reportGroup(const Index& index, const std::vector<Query>& group) {
  std::vector<double> best(group.size(), 1e300);
  size_t sum = 0;
  for (int pass = 0; pass < 3; pass++) {
    sum = 0;
    for (size_t i = 0; i < group.size(); i++) {
      const double start = threadMicros();
      sum += answer(index, group[i]);
      best[i] = std::min(best[i], threadMicros() - start);
    }
  }
  std::sort(best.begin(), best.end());
  printf("{\"kind\":\"%s\",\"length\":%zu,\"queries\":%zu,\"medianUs\":%.3f,\"p99Us\":%.3f,\"sum\":%zu}\n",
         group[0].kind.c_str(), group[0].length, group.size(), best[best.size() / 2], best[best.size() * 99 / 100], sum);
  fflush(stdout);
}

static int build(const char* text, const char* indexPath, const char* tmpDir) {
  Index index;
  sdsl::cache_config cache(true, tmpDir, "anchor");
  timespec cpuStart, cpuEnd;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpuStart);
  const auto start = std::chrono::steady_clock::now();
  sdsl::construct(index, text, cache, 1);
  sdsl::store_to_file(index, indexPath);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpuEnd);
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"seconds\":%.3f,\"cpuSeconds\":%.3f,\"indexBytes\":%zu,\"symbols\":%zu,\"peakBytes\":%ld}\n", seconds,
         (cpuEnd.tv_sec - cpuStart.tv_sec) + (cpuEnd.tv_nsec - cpuStart.tv_nsec) / 1e9,
         size_t(sdsl::size_in_bytes(index)), size_t(index.size()), usage.ru_maxrss * 1024L);
  return 0;
}

static int query(const char* indexPath, const char* workload) {
  Index index;
  if (!sdsl::load_from_file(index, indexPath)) {
    fprintf(stderr, "anchor: %s cannot be loaded\n", indexPath);
    return 1;
  }
  std::vector<Query> group;
  for (const Query& next : readWorkload(workload)) {
    if (!group.empty() && (group[0].kind != next.kind || group[0].length != next.length)) {
      reportGroup(index, group);
      group.clear();
    }
    group.push_back(next);
  }
  if (!group.empty()) reportGroup(index, group);
  return 0;
}

// Bytes of the process that were read since the marks were cleared.
static size_t referencedBytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string word;
  size_t kib = 0;
  while (file >> word)
    if (word == "Referenced:" && file >> kib) return kib * 1024;
  return 0;
}

static size_t touchedPages(const Index& index, const Query* query) {
  std::ofstream("/proc/self/clear_refs") << "1";
  if (query) answer(index, *query);
  return referencedBytes() / 4096;
}

static int pages(const char* indexPath, const char* workload) {
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  Index index;
  if (!sdsl::load_from_file(index, indexPath)) {
    fprintf(stderr, "anchor: %s cannot be loaded\n", indexPath);
    return 1;
  }
  std::vector<size_t> touched;
  for (const Query& next : readWorkload(workload)) {
    if (next.kind != "count" || next.length != 50 || touched.size() >= 200) continue;
    // What the process reads without a query, its program and stack, is taken off.
    const size_t alone = touchedPages(index, nullptr), all = touchedPages(index, &next);
    touched.push_back(all > alone ? all - alone : 0);
  }
  if (touched.empty()) return 0;
  std::sort(touched.begin(), touched.end());
  printf("{\"kind\":\"pages\",\"length\":50,\"queries\":%zu,\"medianPages\":%zu}\n", touched.size(),
         touched[touched.size() / 2]);
  return 0;
}

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "build" && argc == 5) return build(argv[2], argv[3], argv[4]);
  if (verb == "query" && argc == 4) return query(argv[2], argv[3]);
  if (verb == "pages" && argc == 4) return pages(argv[2], argv[3]);
  fprintf(stderr, "usage: anchor build TEXT INDEX TMPDIR | anchor query|pages INDEX WORKLOAD\n");
  return 2;
}
