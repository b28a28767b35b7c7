#include "ops/service_notify.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "ops/scratch_folder.hpp"

namespace bitgrid::ops {
namespace {

/// The service manager's end.
class Listener {
public:
    explicit Listener(const std::string& path) : descriptor_{::socket(AF_UNIX, SOCK_DGRAM, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        bound_ = ::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~Listener() { ::close(descriptor_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    bool is_bound() const { return bound_; }
    std::string hear() const {
        std::array<char, 256> buffer{};
        const auto size = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        return size < 0 ? "" : std::string{buffer.data(), static_cast<std::size_t>(size)};
    }

private:
    int descriptor_;
    bool bound_{false};
};

TEST(ServiceNotify, TellsTheManagerEachStateOnce) {
    const ScratchFolder folder;
    const std::string path = (folder.path() / "notify").string();
    const Listener manager{path};
    ASSERT_TRUE(manager.is_bound());
    ServiceNotify notify{path};
    notify.ready();
    notify.watchdog();
    notify.status("all well");
    notify.stopping();
    EXPECT_EQ(manager.hear(), "READY=1");
    EXPECT_EQ(manager.hear(), "WATCHDOG=1");
    EXPECT_EQ(manager.hear(), "STATUS=all well");
    EXPECT_EQ(manager.hear(), "STOPPING=1");
    EXPECT_EQ(manager.hear(), "");
}

TEST(ServiceNotify, DoesNothingWhereNobodyListens) {
    ServiceNotify silent{""};
    EXPECT_FALSE(silent.is_listening());
    silent.ready();
    ServiceNotify odd{"relative/path"};
    EXPECT_FALSE(odd.is_listening());
    ServiceNotify gone{"/nonexistent/notify"};
    EXPECT_TRUE(gone.is_listening());
    gone.watchdog();
}

}  // namespace
}  // namespace bitgrid::ops
