#pragma once
// For tests: an independent Modbus server (libmodbus) in its own thread, on any free port.
#include <modbus.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace bitgrid::adapters {

/// Serves `count` holding registers from `first` on, one connection after the other. Registers are
/// set from any thread.
class ModbusPeer {
public:
    ModbusPeer(int first, int count)
        : context_{modbus_new_tcp("127.0.0.1", 0)},
          mapping_{modbus_mapping_new_start_address(0, 16, 0, 16, static_cast<unsigned>(first),
                                                    static_cast<unsigned>(count), 0, 16)},
          first_{first} {
        listener_ = modbus_tcp_listen(context_, 1);
        sockaddr_in address{};
        socklen_t size = sizeof address;
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this] { serve(); }};
    }
    ~ModbusPeer() {
        is_over_ = true;
        shutdown(listener_, SHUT_RDWR);
        drop();
        thread_.join();
        close(listener_);
        modbus_mapping_free(mapping_);
        modbus_free(context_);
    }
    ModbusPeer(const ModbusPeer&) = delete;
    ModbusPeer& operator=(const ModbusPeer&) = delete;

    int port() const { return port_; }
    int requests() const { return requests_; }
    /// Ends the connection that is open.
    void drop() {
        if (const int socket = connection_.load(); socket >= 0) shutdown(socket, SHUT_RDWR);
    }
    void set(int address, const std::vector<std::uint16_t>& words) {
        const std::lock_guard lock{mutex_};
        for (const std::uint16_t word : words) mapping_->tab_registers[address++ - first_] = word;
    }
    std::uint16_t get(int address) {
        const std::lock_guard lock{mutex_};
        return mapping_->tab_registers[address - first_];
    }

private:
    void serve() {
        while (!is_over_) {
            int listener = listener_;
            if (modbus_tcp_accept(context_, &listener) < 0) continue;
            connection_ = modbus_get_socket(context_);
            std::uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
            for (;;) {
                const int n = modbus_receive(context_, query);
                if (n < 0) break;
                if (n == 0) continue;
                ++requests_;
                const std::lock_guard lock{mutex_};
                modbus_reply(context_, query, n, mapping_);
            }
            connection_ = -1;
            modbus_close(context_);
        }
    }

    modbus_t* context_;
    modbus_mapping_t* mapping_;
    int first_;
    int listener_{-1};
    int port_{0};
    std::atomic<bool> is_over_{false};
    std::atomic<int> connection_{-1};
    std::atomic<int> requests_{0};
    std::mutex mutex_;
    std::thread thread_;
};

}  // namespace bitgrid::adapters
