#pragma once
// A file as the body of an answer: sent in pieces of a few kilobytes, each read when the one before
// it was taken, so that a large file costs neither memory nor time of anybody else. Engine thread
// only.
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/file_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "net/http_server.hpp"

namespace bitgrid::net {

class FileSending {
public:
    using Done = std::function<void(bool is_whole)>;

    /// The stream must outlive the sending. `piece_s`: for each piece to be taken.
    FileSending(boost::beast::tcp_stream&, const ServerResponse&, bool keeps_alive, int piece_s);

    /// Calls back once, when all of it is sent or the other side is gone. `is_head`: headers alone.
    void start(bool is_head, std::shared_ptr<void> keeps, Done);

private:
    using Body = boost::beast::http::file_body;
    void send_piece(std::shared_ptr<void> keeps, Done);

    boost::beast::tcp_stream& stream_;
    int piece_s_;
    std::function<bool()> may_go_on_;
    boost::beast::http::response<Body> reply_;
    std::optional<boost::beast::http::response_serializer<Body>> serializer_;
    bool is_readable_{true};
};

}  // namespace bitgrid::net
