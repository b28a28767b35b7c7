#pragma once
// Has finished days sealed once a day by a short-lived process (`bitgrid seal`), then lets the
// journal forget what has been sealed for long enough. A sealing that fails is tried again, and
// health says so; the journal keeps everything until then. Engine thread only.
#include <memory>
#include <string>

#include "app/child_process.hpp"
#include "engine/engine.hpp"
#include "store/sqlite_journal.hpp"

namespace bitgrid::app {

class Archivist {
public:
    struct World {
        boost::asio::io_context& io;
        ports::Clock& clock;
        engine::Engine& engine;
        store::SqliteJournal& journal;
    };
    /// `program`: path of `bitgrid`; empty: health says that it is missing.
    Archivist(World, std::string program, store::StoreConfig);

    void start();
    void stop();  ///< a sealing under way is killed; the next one does it again
    /// Nothing is started, and a sealing under way is told to end.
    void rest(bool);

private:
    void look();
    void seal();
    void sealed(int code);
    void look_again(std::int64_t delay_ms);
    void complain(const std::string& why);

    World world_;
    const std::string program_;
    const store::StoreConfig config_;
    std::unique_ptr<ChildProcess> child_;
    std::unique_ptr<ports::Timer> timer_;
    std::unique_ptr<ports::Timer> patience_;
    bool rests_{false};
    std::int64_t sealed_day_{-1};  ///< day on which a sealing came to its end; -1: none yet
    std::int64_t reported_through_{0};
};

}  // namespace bitgrid::app
