#pragma once
// Exports for the API: has them made by `bitgrid export make`, one at a time, and finds finished
// ones and sealed files by names that it has looked up itself, never by a path that was sent.
// Engine thread only; an export under way ends with this.
#include <filesystem>
#include <memory>
#include <string>

#include "app/child_process.hpp"
#include "ports/clock.hpp"
#include "ports/exports.hpp"

namespace bitgrid::app {

class ExportDesk final : public ports::Exports {
public:
    /// `program`: path of `bitgrid`; empty: exports are refused.
    ExportDesk(boost::asio::io_context&, ports::Clock&, std::string program, std::string data);
    virtual ~ExportDesk() = default;

    core::Result<void> begin(const ports::ExportRequest&) override;
    ports::ExportsView list() const override;
    core::Result<std::string> find(const std::string& id) const override;
    core::Result<std::vector<ports::SealedFileView>> sealed() override;
    core::Result<std::string> find_sealed(const std::string& path) override;
    void stop() override;
    /// None is begun, and the one under way is told to end: the host lives on its battery.
    void rest(bool);

private:
    void ended(int code);
    core::Result<void> read_heads();

    boost::asio::io_context& io_;
    ports::Clock& clock_;
    const std::string program_;
    const std::string data_;
    std::unique_ptr<ChildProcess> child_;
    std::unique_ptr<ports::Timer> patience_;
    std::string trouble_;
    bool rests_{false};
    std::vector<ports::SealedFileView> sealed_;  ///< as heads.txt was when it was read last
    std::filesystem::file_time_type heads_time_{};
    std::uintmax_t heads_bytes_{0};
};

}  // namespace bitgrid::app
