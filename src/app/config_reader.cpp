#include "app/config_reader.hpp"

#include <utility>

namespace bitgrid::app {
namespace {

constexpr int kTries = 5;
constexpr std::size_t kMostJobs = 8;

}  // namespace

ReadConfig read_config(const ConfigPlace& place) {
    for (int i = 0; i < kTries; ++i) {
        ReadConfig read;
        read.texts = ops::read_texts(place.folder);
        read.installation = read_installation(place.folder, place.environment);
        if (ops::read_texts(place.folder) != read.texts) continue;
        ops::Problems problems = read.installation ? ops::Problems{} : read.installation.problems();
        ops::report_cut_files(read.texts, ops::read_texts(place.accepted), place.folder, problems);
        if (!problems.empty()) read.installation = std::move(problems);
        return read;
    }
    return {ops::Problems{
                {place.folder.string(), 0, {}, "it changes while it is read", "a moment of rest"}},
            {}};
}

ConfigReader::ConfigReader(ConfigPlace place, Post post)
    : place_{std::move(place)}, post_{std::move(post)}, worker_{[this] { work(); }} {}

ConfigReader::~ConfigReader() {
    *is_alive_ = false;
    {
        const std::lock_guard guard{mutex_};
        is_ending_ = true;
    }
    wake_.notify_one();
    worker_.join();
}

bool ConfigReader::add(std::function<void()> job) {
    const std::lock_guard guard{mutex_};
    if (jobs_.size() >= kMostJobs) return false;
    jobs_.push_back(std::move(job));
    wake_.notify_one();
    return true;
}

// What is called back goes back with the answer: it may own things of the engine's thread.
void ConfigReader::read(std::function<void(ReadConfig)> done) {
    const auto answer = [post = post_, alive = is_alive_](std::function<void(ReadConfig)> owed,
                                                          ReadConfig what) {
        post([alive, owed = std::move(owed), what = std::move(what)] {
            if (*alive) owed(what);
        });
    };
    const auto shared = std::make_shared<std::function<void(ReadConfig)>>(std::move(done));
    if (!add([this, answer, shared] {
            answer(std::exchange(*shared, nullptr), read_config(place_));
        }))
        answer(
            std::exchange(*shared, nullptr),
            {ops::Problems{{place_.folder.string(), 0, {}, "the disk does not answer", {}}}, {}});
}

void ConfigReader::keep(ops::ConfigTexts texts, std::function<void(core::Error)> failed) {
    const auto shared = std::make_shared<std::function<void(core::Error)>>(std::move(failed));
    (void)add([this, texts = std::move(texts), shared, alive = is_alive_] {
        const auto kept = ops::keep_texts(texts, place_.accepted);
        if (!kept)
            post_([alive, owed = std::exchange(*shared, nullptr), error = kept.error()] {
                if (*alive) owed(error);
            });
    });
}

void ConfigReader::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return is_ending_ || !jobs_.empty(); });
        if (is_ending_) return;
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace bitgrid::app
