#pragma once
// Reads the configuration folder beside the engine's thread, which waits for no disk; and keeps a
// copy of the texts that were accepted last, against which a file that was cut shows.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "app/installation.hpp"
#include "ops/config_texts.hpp"

namespace bitgrid::app {

struct ConfigPlace {
    std::filesystem::path folder;
    std::filesystem::path accepted;  ///< copy of what was accepted last
    ops::Environment environment;
};

struct ReadConfig {
    ops::Checked<Installation> installation{ops::Problems{}};
    ops::ConfigTexts texts;  ///< what it was read from
};

/// At one moment: files that change meanwhile are a problem. Blocks on the disk.
ReadConfig read_config(const ConfigPlace&);

/// One thread, from its making to its end. Used on the engine's thread, to which `post` leads;
/// callbacks that are still owed when it goes are dropped.
class ConfigReader {
public:
    using Post = std::function<void(std::function<void()>)>;

    ConfigReader(ConfigPlace, Post);
    ConfigReader(const ConfigReader&) = delete;
    ConfigReader& operator=(const ConfigReader&) = delete;
    ~ConfigReader();

    /// At most a few wait; `done` gets a problem where there are more.
    void read(std::function<void(ReadConfig)> done);
    /// These were accepted. Where the disk does not take them, `failed` says why.
    void keep(ops::ConfigTexts, std::function<void(core::Error)> failed);

private:
    void work();
    bool add(std::function<void()> job);

    const ConfigPlace place_;
    const Post post_;
    const std::shared_ptr<bool> is_alive_{std::make_shared<bool>(true)};  ///< engine's thread
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;
    bool is_ending_{false};
    std::thread worker_;
};

}  // namespace bitgrid::app
