#pragma once
// One TCP connection to a Modbus device: opens, sends one frame at a time, reads until the answer
// to it has come. Knows its time limit; a connection that failed once is of no use any more.
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "adapters/modbus/modbus_client.hpp"

namespace bitgrid::adapters::modbus {

/// Engine thread only; held by its own callbacks while bytes are under way. After close() nobody
/// is called back.
class ModbusLink : public std::enable_shared_from_this<ModbusLink> {
public:
    using Opened = std::function<void(core::Result<void>)>;
    /// `is_broken`: the stream is out of step or gone.
    using Answered = std::function<void(core::Result<Words>, bool is_broken)>;

    ModbusLink(boost::asio::io_context&, const ClientConfig&);

    void open(Opened);
    void exchange(const Request&, std::uint16_t transaction, Answered);
    /// Calls `then` after a pause of real time.
    void pause(int ms, std::function<void()> then);
    void close();

    /// Answers to other transactions since it was asked last.
    int take_strays() { return std::exchange(strays_, 0); }

private:
    void connect(const boost::asio::ip::tcp::endpoint&);
    void resolve();
    void connected(const boost::system::error_code&);
    void read_header();
    void read_pdu();
    void judge();
    void limit_time(const char* what);
    void settle(core::Result<Words>, bool is_broken);
    core::Error failure(core::ErrorCode, const std::string& what) const;

    boost::asio::ip::tcp::socket socket_;
    boost::asio::ip::tcp::resolver resolver_;
    boost::asio::steady_timer limit_;
    boost::asio::steady_timer pause_;
    ClientConfig config_;
    Answered answered_;  ///< of what is under way, opening included
    Request request_;
    std::uint16_t transaction_{0};
    Bytes sent_;
    std::array<std::uint8_t, kHeaderSize> header_bytes_{};
    Header header_;
    Bytes pdu_;
    int strays_{0};
};

}  // namespace bitgrid::adapters::modbus
