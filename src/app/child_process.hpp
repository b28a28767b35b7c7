#pragma once
// A program of ours for heavy work, in a process of its own at the lowest priority, so that it can
// neither hold up nor harm the controller. Engine thread only; killed when this goes, or when its
// time is over.
#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::app {

class ChildProcess {
public:
    /// Exit code, or 128 + the signal that ended it.
    using Ended = std::function<void(int code)>;

    /// Without standard input; its output goes to the descriptor `output`, or nowhere; what it says
    /// on standard error goes to ours. `ended` is called once, never from here. Unavailable where
    /// it cannot be started.
    static core::Result<std::unique_ptr<ChildProcess>> start(boost::asio::io_context&,
                                                             std::vector<std::string> command,
                                                             Ended ended, int output = -1);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void kill();       ///< it has had its time; `ended` follows
    void terminate();  ///< asks it to end; `ended` follows, as a rule

private:
    ChildProcess(boost::asio::io_context&, pid_t, int descriptor, Ended);
    int reap();

    pid_t process_;
    boost::asio::posix::stream_descriptor end_;  ///< readable when it ended
    Ended ended_;
};

/// Path of a program that lies beside this one; empty: there is none.
std::string program_beside(const std::string& name);

}  // namespace bitgrid::app
