#include "net/http_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/beast/http/write.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace bitgrid::net {

namespace beast = boost::beast;
namespace http = beast::http;

core::Result<std::shared_ptr<const BodyFile>> BodyFile::open(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return core::Error{
            errno == ENOENT ? core::ErrorCode::NotFound : core::ErrorCode::Unavailable,
            path + ": " + std::strerror(errno)};
    struct stat about {};
    if (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        ::close(file);
        return core::Error{core::ErrorCode::NotFound, path + ": is no plain file"};
    }
    return std::shared_ptr<const BodyFile>{new BodyFile{file}};
}

BodyFile::~BodyFile() { ::close(descriptor_); }

FileSending::FileSending(beast::tcp_stream& stream, const ServerResponse& response,
                         bool keeps_alive, int piece_s)
    : stream_{stream}, piece_s_{piece_s}, may_go_on_{response.may_go_on} {
    reply_.version(11);
    reply_.result(static_cast<unsigned>(response.status));
    for (const auto& [name, value] : response.headers) reply_.set(name, value);
    reply_.keep_alive(keeps_alive);
    beast::file_posix file;
    file.native_handle(::fcntl(response.file->descriptor(), F_DUPFD_CLOEXEC, 0));
    beast::error_code error;
    reply_.body().reset(std::move(file), error);
    is_readable_ = !error;
    if (!is_readable_) return;
    reply_.content_length(reply_.body().size());
    serializer_.emplace(reply_);
    serializer_->split(true);
}

void FileSending::start(bool is_head, std::shared_ptr<void> keeps, Done done) {
    if (!is_readable_)
        return boost::asio::post(stream_.get_executor(), [keeps = std::move(keeps),
                                                          done = std::move(done)] { done(false); });
    stream_.expires_after(std::chrono::seconds{piece_s_});
    http::async_write_header(stream_, *serializer_,
                             [this, is_head, keeps = std::move(keeps), done = std::move(done)](
                                 const beast::error_code& error, std::size_t) mutable {
                                 if (error || is_head) return done(!error);
                                 send_piece(std::move(keeps), std::move(done));
                             });
}

void FileSending::send_piece(std::shared_ptr<void> keeps, Done done) {
    if (serializer_->is_done()) return done(true);
    if (may_go_on_ && !may_go_on_()) return done(false);
    stream_.expires_after(std::chrono::seconds{piece_s_});
    http::async_write_some(stream_, *serializer_,
                           [this, keeps = std::move(keeps), done = std::move(done)](
                               const beast::error_code& error, std::size_t) mutable {
                               if (error) return done(false);
                               send_piece(std::move(keeps), std::move(done));
                           });
}

}  // namespace bitgrid::net
